using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Sms.Media;
using Switchboard.Workers.Ingest.Providers.Twilio;

namespace Switchboard.Tests.Unit.Providers.Twilio;

public sealed class MediaDownloadTests : Scratch
{
    private const string Account = "Basic QUNkZW1vOnRva2Vu";

    private readonly List<string> _asked = [];
    private readonly Dictionary<string, Func<HttpResponseMessage>> _answers = [];
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["Twilio:AccountSid"] = "ACdemo",
        ["Twilio:AuthToken"] = "token",
        ["Twilio:ApiBaseUrl"] = "https://api.test:8443/twilio",
        ["Twilio:MediaHosts:0"] = "*.cdn.test",
        ["Twilio:MediaHosts:1"] = "store.test",
    };

    [Fact]
    public async Task Redirects_are_followed_and_only_the_api_is_shown_the_account()
    {
        Redirect("https://api.test:8443/twilio/2010-04-01/Media/ME1", 307, "/twilio/2010-04-01/Media/ME2");
        Redirect("https://api.test:8443/twilio/2010-04-01/Media/ME2", 302, "https://mms.cdn.test/a?sig=1");
        Redirect("https://mms.cdn.test/a?sig=1", 301, "https://api.test:8443/twilio/cdn/b");
        Answer("https://api.test:8443/twilio/cdn/b", "content", "image/png");

        (await FetchAsync("https://api.test:8443/twilio/2010-04-01/Media/ME1")).ShouldBe(new(7, "image/png"));

        _asked.ShouldBe(
        [
            $"https://api.test:8443/twilio/2010-04-01/Media/ME1 {Account}",
            $"https://api.test:8443/twilio/2010-04-01/Media/ME2 {Account}",
            "https://mms.cdn.test/a?sig=1",
            // its link is its permit
            "https://api.test:8443/twilio/cdn/b",
        ]);
    }

    [Theory]
    [InlineData("no address", "Its address is no URL.")]
    [InlineData("/twilio/Media/ME1", null)]
    [InlineData("ftp://api.test:8443/a", "It is at an address that is not https.")]
    [InlineData("http://api.test:8443/a", "It is at an address that is not https.")]
    [InlineData("http://store.test/a", "It is at an address that is not https.")]
    [InlineData("https://api.test/a", "It is at api.test, from where no media is taken.")]
    [InlineData("https://evil.test/a", "It is at evil.test, from where no media is taken.")]
    [InlineData("https://cdn.test/a", "It is at cdn.test, from where no media is taken.")]
    [InlineData("https://evilcdn.test/a", "It is at evilcdn.test, from where no media is taken.")]
    [InlineData("https://store.test.evil.test/a", "It is at store.test.evil.test, from where no media is taken.")]
    [InlineData("https://store.test@evil.test/a", "It is at evil.test, from where no media is taken.")]
    [InlineData("https://169.254.169.254/latest/meta-data", "It is at 169.254.169.254, from where no media is taken.")]
    public async Task An_address_elsewhere_is_not_asked_at_first_nor_by_a_redirect(string address, string? reason)
    {
        (await RefusedAsync(address)).ShouldBe(reason ?? "It is at an address that is not https.");
        _asked.ShouldBeEmpty();
        if (reason is null or "Its address is no URL.")
            return;

        Redirect("https://store.test/b", 302, address);
        (await RefusedAsync("https://store.test/b")).ShouldBe(reason.Replace("It is at", "It redirects to", StringComparison.Ordinal));
        _asked.ShouldBe(["https://store.test/b"]);
    }

    [Fact]
    public async Task Five_redirects_are_followed_and_six_are_not()
    {
        for (var i = 0; i < 6; i++)
            Redirect($"https://store.test/{i}", 302, $"https://store.test/{i + 1}");
        Answer("https://store.test/6", "content", "image/png");

        (await FetchAsync("https://store.test/1")).SizeBytes.ShouldBe(7);
        (await RefusedAsync("https://store.test/0")).ShouldBe("It redirects more than 5 times.");
    }

    [Fact]
    public async Task A_redirect_to_nowhere_is_an_answer_without_a_file()
    {
        _answers["https://store.test/a"] = () => new HttpResponseMessage(HttpStatusCode.Redirect);

        (await RefusedAsync("https://store.test/a")).ShouldBe("The provider refused to give it (HTTP 302).");
    }

    [Fact]
    public async Task A_file_that_says_that_it_is_too_large_is_not_read()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.ContentLength = (1024 * 1024) + 1;
            return SendAsync(context, (1024 * 1024) + 1);
        });

        (await RefusedAsync(There(server))).ShouldBe("It is larger than 1 MB.");
        Directory.EnumerateFiles(Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_does_not_say_its_size_stops_where_it_is_too_large()
    {
        var ended = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await SendAsync(context, long.MaxValue);
            ended.SetResult();
        });

        (await RefusedAsync(There(server))).ShouldBe("It is larger than 1 MB.");

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        new FileInfo(Directory.EnumerateFiles(Folder).Single()).Length.ShouldBeLessThanOrEqualTo(1024 * 1024);
    }

    [Fact]
    public async Task A_file_of_just_the_size_is_taken()
    {
        await using var server = await LoopbackServer.StartAsync(context => SendAsync(context, 1024 * 1024));

        (await FetchAsync(There(server))).SizeBytes.ShouldBe(1024 * 1024);
    }

    [Fact]
    public async Task A_file_that_dawdles_is_given_up_for_now()
    {
        _settings["MEDIA_DOWNLOAD_TIMEOUT_MS"] = "300";
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("a");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var failed = await FailedAsync(There(server));

        failed.Kind.ShouldBe(FailureKind.Transient);
        failed.Message.ShouldBe("It did not arrive within 0.3 s.");
    }

    [Fact]
    public async Task A_connection_that_breaks_is_for_now()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("a");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        (await FailedAsync(There(server))).Kind.ShouldBe(FailureKind.Transient);
    }

    [Fact]
    public async Task The_configured_api_may_be_at_a_private_address_and_nothing_else_may()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("content"));
        (await FetchAsync(There(server))).SizeBytes.ShouldBe(7);

        // an allowed host whose name points here
        _settings["Twilio:MediaHosts:0"] = "localhost";
        var refused = await FailedAsync($"https://localhost:{server.Url.Port}/a");
        refused.Kind.ShouldBe(FailureKind.Permanent);
        refused.Message.ShouldBe("It is at localhost, which has no public address.");
    }

    [Fact]
    public async Task Who_gives_nothing_may_say_when_to_come_again()
    {
        _answers["https://store.test/a"] = () => new(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromSeconds(40)) } };

        (await FailedAsync("https://store.test/a")).Failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Nobody_puts_a_file_off_for_longer_than_an_hour()
    {
        _answers["https://store.test/a"] = () => new(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new(TimeSpan.FromDays(9)) } };

        (await FailedAsync("https://store.test/a")).Failure.RetryAfter.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task The_end_of_the_process_is_no_failure()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        Answer("https://store.test/a", "content", "image/png");

        await Should.ThrowAsync<OperationCanceledException>(FetchAsync("https://store.test/a", stopped.Token));
    }

    private static async Task SendAsync(HttpContext context, long bytes)
    {
        var piece = new byte[64 * 1024];
        try
        {
            for (var left = bytes; left > 0; left -= piece.Length)
                await context.Response.Body.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)), context.RequestAborted);
        }
        catch (Exception reason) when (reason is OperationCanceledException or IOException)
        {
            // who asked has gone
        }
    }

    private string There(LoopbackServer server)
    {
        _settings["Twilio:ApiBaseUrl"] = server.Url.ToString();
        return new Uri(server.Url, "/2010-04-01/Media/ME1").ToString();
    }

    private void Redirect(string from, int status, string to) => _answers[from] = () =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        response.Headers.TryAddWithoutValidation("Location", to);
        return response;
    };

    private void Answer(string url, string content, string type) =>
        _answers[url] = () => new(HttpStatusCode.OK) { Content = new StringContent(content, null, type) };

    private async Task<string> RefusedAsync(string address)
    {
        var failed = await FailedAsync(address);
        failed.Kind.ShouldBe(FailureKind.Permanent);
        return failed.Message;
    }

    private Task<ProviderException> FailedAsync(string address) => Should.ThrowAsync<ProviderException>(FetchAsync(address));

    private async Task<DownloadedMedia> FetchAsync(string address, CancellationToken cancellationToken = default)
    {
        _asked.Clear();
        _settings["MAX_MEDIA_SIZE_MB"] = "1";
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build());
        services.AddSingleton(TimeProvider.System);
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddMediaDownload();
        if (_answers.Count > 0)
            services.AddHttpClient(MediaDownload.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => new Network(this));
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<MediaDownload>()
            .FetchAsync(address, Path.Combine(Folder, Guid.CreateVersion7().ToString()), TimeSpan.FromHours(1), cancellationToken);
    }

    private sealed class Network(MediaDownloadTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            test._asked.Add($"{request.RequestUri} {request.Headers.Authorization}".TrimEnd());
            return Task.FromResult(test._answers[request.RequestUri!.ToString()]());
        }
    }
}
