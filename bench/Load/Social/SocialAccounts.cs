using System.Globalization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Social;

/// <summary>Who publishes: a user with accounts, and a picture for those of Instagram, which takes no post without one.</summary>
internal sealed record Publisher(LoadUser User, IReadOnlyList<LoadAccount> Accounts, Guid Picture);

/// <summary>The accounts of a run: connected as their holders do it, who consent at once at the simulator.</summary>
internal sealed class SocialAccounts(ApiClient edge, RunToken token, SocialOptions options, TimeProvider timeProvider)
{
    private const int MaxParallel = 8;

    /// <summary>Connects a part of the accounts to each user, of all platforms alike.</summary>
    public async Task<IReadOnlyList<Publisher>> ConnectAsync(
        IReadOnlyList<LoadUser> users, Action<double> report, CancellationToken cancellationToken)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        var connected = 0;
        await Parallel.ForAsync(
            0, options.Accounts, new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken },
            async (number, loopToken) =>
            {
                var platform = options.Platforms[number / users.Count % options.Platforms.Count];
                await ConnectAsync(browser, users[number % users.Count], platform, number, loopToken);
                report(Interlocked.Increment(ref connected));
            });

        var publishers = new List<Publisher>();
        foreach (var (index, user) in users.Index())
        {
            var expected = (options.Accounts - index + users.Count - 1) / users.Count;
            publishers.Add(new(user, await ListAsync(user, expected, cancellationToken), await UploadAsync(user, cancellationToken)));
        }

        return publishers;
    }

    private async Task ConnectAsync(HttpClient browser, LoadUser user, string platform, int number, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{token.Run}{number}").ToLowerInvariant();
        var server = platform is "mastodon" or "bluesky" ? new Uri(options.Simulator, $"/social/{platform}").AbsoluteUri : null;
        var account = platform == "bluesky"
            ? new NewAccount(platform, server, $"{name}.test", "load-load-load-load")
            : new NewAccount(platform, server);
        var begun = await edge.PostAsync(
            "/api/accounts/social", user.Key, account, SocialJson.Default.NewAccount, SocialJson.Default.BegunAccount, cancellationToken);
        if (begun.AuthorizationUrl is not { } page)
            return;

        // the page says who asks, and knows the browser by its cookie; to confirm leads to the platform, to consent there back to the edge
        using var shown = await SendAsync(browser, HttpMethod.Get, page, null, cancellationToken);
        var cookie = string.Join("; ", shown.Headers.GetValues("Set-Cookie").Select(one => one.Split(';')[0]));
        using var confirmed = await SendAsync(browser, HttpMethod.Post, page, cookie, cancellationToken);
        var consent = new Uri(page, confirmed.Headers.Location!);
        using var consented = await SendAsync(
            browser, HttpMethod.Get, new Uri($"{consent.AbsoluteUri}&account={name}"), null, cancellationToken);
        using var finished = await SendAsync(browser, HttpMethod.Get, consented.Headers.Location!, cookie, cancellationToken);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient browser, HttpMethod method, Uri address, string? cookie, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Post)
            request.Content = new FormUrlEncodedContent([]);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        var answer = await browser.SendAsync(request, cancellationToken);
        if ((int)answer.StatusCode < 400)
            return answer;
        using (answer)
        {
            throw new LoadException(
                $"An account could not be connected: {address} answered {(int)answer.StatusCode}: "
                + await answer.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    private async Task<IReadOnlyList<LoadAccount>> ListAsync(LoadUser user, int expected, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            var accounts = new List<LoadAccount>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await edge.GetAsync(
                    $"/api/accounts/social?limit=100{(cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", user.Key,
                    SocialJson.Default.AccountPage, cancellationToken);
                accounts.AddRange(page.Items);
                cursor = page.NextCursor;
            }

            if (accounts.Count == expected && accounts.TrueForAll(account => account.State is "active" or "warming"))
                return accounts;
            if (timeProvider.GetElapsedTime(started) > options.Patience)
            {
                throw new LoadException($"Of {expected} accounts of a user {accounts.Count} are there: "
                    + string.Join(", ", accounts.CountBy(account => account.State).Select(state => $"{state.Value} {state.Key}")));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), timeProvider, cancellationToken);
        }
    }

    private async Task<Guid> UploadAsync(LoadUser user, CancellationToken cancellationToken)
    {
        byte[] bytes = [.. SquareJpeg.Bytes];
        var media = await edge.PostAsync(
            "/api/media-library", user.Key, new("picture.jpg", bytes.Length), SocialJson.Default.NewMedia, SocialJson.Default.MadeMedia,
            cancellationToken);
        await edge.UploadAsync($"/api/media-library/{media.Id}", user.Key, bytes, cancellationToken);
        return media.Id;
    }
}

/// <summary>A picture as all platforms take it: 1080 by 1080, as far as its header says.</summary>
internal static class SquareJpeg
{
    public static ReadOnlySpan<byte> Bytes =>
    [
        0xFF, 0xD8, // start
        0xFF, 0xE0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
        0xFF, 0xC0, 0, 17, 8, 0x04, 0x38, 0x04, 0x38, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, // a frame of that height and width
        0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 0x3F, 0, 0,
        0xFF, 0xD9, // end
    ];
}

internal sealed record NewAccount(string Platform, string? Server, string? Identifier = null, string? AppPassword = null);

internal sealed record BegunAccount(Uri? AuthorizationUrl);

internal sealed record AccountPage(IReadOnlyList<LoadAccount> Items, string? NextCursor);

internal sealed record LoadAccount(Guid Id, string Platform, string State);

internal sealed record NewMedia(string FileName, long TotalBytes);

internal sealed record MadeMedia(Guid Id);
