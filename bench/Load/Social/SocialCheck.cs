using System.Globalization;
using Switchboard.Load.Reporting;
using Switchboard.Load.Running;

namespace Switchboard.Load.Social;

/// <summary>What became of the posts.</summary>
internal sealed record SocialOutcome(
    IReadOnlyDictionary<string, int> States, LatencyRecorder Punctuality, DateTimeOffset LastAt, long Unknown, long Lost, long Duplicated,
    long Untrue);

/// <summary>Waits until all posts are settled, then reads what the product says of each, and what the platforms have.</summary>
internal sealed class SocialCheck(
    ApiClient edge, ApiClient simulator, IReadOnlyList<LoadUser> users, RunToken token, SocialOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // the states of targets in which nothing more happens by itself
    private static readonly string[] Settled = ["published", "failed", "cancelled"];

    /// <summary>Waits until nothing is under way, or nothing has changed within the patience.</summary>
    public async Task<int> WaitAsync(DateTimeOffset firstDue, Action<double> report, CancellationToken cancellationToken)
    {
        var (posted, at) = (0, firstDue);
        while (true)
        {
            var open = await IsAnyOpenAsync(cancellationToken);
            var now = (await simulator.GetAsync("/_sim/social/posts/count", null, SocialJson.Default.JsonElement, cancellationToken))
                .GetProperty("count").GetInt32();
            if (now != posted)
                (posted, at) = (now, timeProvider.GetUtcNow());
            report(posted);
            if (!open || timeProvider.GetUtcNow() - at > options.Patience)
                return posted;
            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }

    private async Task<bool> IsAnyOpenAsync(CancellationToken cancellationToken)
    {
        foreach (var user in users)
        {
            foreach (var state in (string[])["scheduled", "publishing"])
            {
                var page = await edge.GetAsync(
                    $"/api/posts?tag={token.Run}&state={state}&limit=1", user.Key, SocialJson.Default.PostPage, cancellationToken);
                if (page.Items.Count > 0)
                    return true;
            }
        }

        return false;
    }

    /// <summary>Reads it all.</summary>
    /// <param name="dueAt">When each was due.</param>
    /// <param name="since">From when on the platforms are asked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<SocialOutcome> ReadAsync(Func<long, DateTimeOffset> dueAt, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var states = await StatesAsync(cancellationToken);
        var (times, punctuality, lastAt) = (new Dictionary<long, int>(), new LatencyRecorder(), since);
        await foreach (var (number, at) in PostedAsync(since, cancellationToken))
        {
            times[number] = times.GetValueOrDefault(number) + 1;
            if (times[number] > 1)
                continue;
            punctuality.Record(at - dueAt(number));
            lastAt = at > lastAt ? at : lastAt;
        }

        var (unknown, lost, untrue) = (0L, 0L, 0L);
        for (var number = 0L; number < options.Posts; number++)
        {
            var state = states.GetValueOrDefault(number, "missing");
            unknown += state == "unknown" ? 1 : 0;
            lost += !times.ContainsKey(number) && state != "unknown" ? 1 : 0;
            untrue += times.ContainsKey(number) && state is not ("published" or "unknown") ? 1 : 0;
        }

        return new(
            states.Values.CountBy(state => state).ToDictionary(), punctuality, lastAt, unknown, lost,
                times.Values.Sum(count => count - 1L), untrue);
    }

    // of each post the state of its one target
    private async Task<Dictionary<long, string>> StatesAsync(CancellationToken cancellationToken)
    {
        var states = new Dictionary<long, string>();
        foreach (var user in users)
            await ReadStatesAsync(user, states, cancellationToken);
        return states;
    }

    private async Task ReadStatesAsync(LoadUser user, Dictionary<long, string> states, CancellationToken cancellationToken)
    {
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await edge.GetAsync(
                $"/api/posts?tag={token.Run}&limit=100{(cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", user.Key,
                SocialJson.Default.PostPage, cancellationToken);
            foreach (var post in page.Items)
            {
                if (token.Find(post.Content.Text) is { } number)
                    states[number] = post.TargetStates.Keys.FirstOrDefault(state => !Settled.Contains(state))
                        ?? post.TargetStates.Keys.Single();
            }

            cursor = page.NextCursor;
        }
    }

    private async IAsyncEnumerable<(long Number, DateTimeOffset At)> PostedAsync(
        DateTimeOffset since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // what goes out before it is due is seen as well
        for (string? cursor = (since - options.Lead).UtcDateTime.ToString("O", CultureInfo.InvariantCulture); cursor is not null;)
        {
            var page = await simulator.GetAsync(
                $"/_sim/social/posts?limit=10000&q={token.Run}&since={Uri.EscapeDataString(cursor)}", null, SocialJson.Default.PostedPage,
                cancellationToken);
            foreach (var post in page.Items)
            {
                if (token.Find(post.Text) is { } number)
                    yield return (number, post.At);
            }

            cursor = page.NextCursor;
        }
    }
}

internal sealed record PostPage(IReadOnlyList<PostItem> Items, string? NextCursor);

internal sealed record PostItem(PostItem.ContentItem Content, IReadOnlyDictionary<string, int> TargetStates)
{
    internal sealed record ContentItem(string Text);
}

internal sealed record PostedPage(IReadOnlyList<PostedItem> Items, string? NextCursor);

internal sealed record PostedItem(string Text, DateTimeOffset At);
