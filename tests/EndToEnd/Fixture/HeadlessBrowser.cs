using System.Collections.Concurrent;
using PuppeteerSharp;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>Debian's Chromium without a screen, as a person uses it. It keeps what went wrong in its pages and what they asked for.</summary>
public sealed class HeadlessBrowser : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IBrowser _browser;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<Uri> _requests = new();

    private HeadlessBrowser(IBrowser browser) => _browser = browser;

    /// <summary>Errors of pages and of their console, and requests that failed.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>The hosts that pages asked for anything.</summary>
    public IReadOnlyCollection<string> Hosts => [.. _requests.Where(url => url.Scheme is "http" or "https").Select(url => url.Host).Distinct()];

    public static async Task<HeadlessBrowser> StartAsync()
    {
        var program = Array.Find(Places, File.Exists);
        program.ShouldNotBeNull("Chromium is needed: the package 'chromium' of Debian, which test.sh installs");
        return new(await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = program,
            Headless = true,
            // a desk's: on a small screen what is beside the page is behind a button
            DefaultViewport = new ViewPortOptions { Width = 1_400, Height = 900 },
            // root has no sandbox, and /dev/shm may be small
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
        }));
    }

    /// <summary>Opens a page and waits until it is there.</summary>
    public async Task<IPage> OpenAsync(Uri url)
    {
        var page = await _browser.NewPageAsync();
        page.DefaultTimeout = page.DefaultNavigationTimeout = 30_000;
        page.PageError += (_, error) => _errors.Enqueue(error.Message);
        page.Console += (_, line) =>
        {
            if (line.Message.Type == ConsoleType.Error)
                _errors.Enqueue(line.Message.Text);
        };
        page.Request += (_, asked) => _requests.Enqueue(new(asked.Request.Url));
        await page.GoToAsync(url.AbsoluteUri, WaitUntilNavigation.Load);
        return page;
    }

    /// <summary>Presses what leads to another page, and waits for that.</summary>
    public static async Task PressAsync(IPage page, string selector) =>
        await Task.WhenAll(page.WaitForNavigationAsync(), page.ClickAsync(selector));

    /// <summary>What a person reads on it.</summary>
    public static Task<string> TextAsync(IPage page) => page.EvaluateExpressionAsync<string>("document.body.innerText");

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();
}
