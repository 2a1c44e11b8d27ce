using System.Globalization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Social;

/// <summary>Connects accounts, makes posts that are due within a minute, and checks what became of each while the platforms fail.</summary>
internal sealed class SocialScenario(SocialOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    private const int PerCall = 1_000;

    public async Task<SocialReport> RunAsync(CancellationToken cancellationToken)
    {
        using var edge = new ApiClient(options.Edge, "--edge", timeProvider);
        using var simulator = new ApiClient(options.Simulator, "--simulator", timeProvider);
        await edge.CheckAsync("/alive", cancellationToken);
        await simulator.CheckAsync("/alive", cancellationToken);
        var token = new RunToken(timeProvider.GetUtcNow());
        var users = await progress.StageAsync(
            $"Run {token.Run}: making {options.Users} users", options.Users,
            report => new LoadUsers(edge, options.Key, token).CreateAsync(
                options.Users, ["social"], (_, _, _) => Task.CompletedTask, report, cancellationToken));
        var publishers = await progress.StageAsync(
            $"Connecting {options.Accounts} accounts", options.Accounts,
            report => new SocialAccounts(edge, token, options, timeProvider).ConnectAsync(users, report, cancellationToken));

        var firstDue = timeProvider.GetUtcNow() + options.Lead;
        await progress.StageAsync(
            $"Making {options.Posts} posts", options.Posts,
            report => MakeAsync(edge, token, publishers, firstDue, report, cancellationToken));
        if (timeProvider.GetUtcNow() > firstDue)
            throw new LoadException("Making the posts took longer than --lead-seconds: give it more.");

        var check = new SocialCheck(edge, simulator, users, token, options, timeProvider);
        await using var faults = await PlatformFaults.SetAsync(simulator, options, cancellationToken);
        await progress.StageAsync(
            "Waiting until all posts are settled", options.Posts, report => check.WaitAsync(firstDue, report, cancellationToken));
        var (lostAnswers, throttledAnswers) = await faults.ClearAsync(cancellationToken);
        var outcome = await progress.StageAsync(
            "Checking each of them", 1, _ => check.ReadAsync(number => DueAt(firstDue, number), firstDue, cancellationToken));

        var seconds = Math.Max(0.001, (outcome.LastAt - firstDue).TotalSeconds);
        return new(
            publishers.Sum(publisher => publisher.Accounts.Count), options.Posts, Math.Round(seconds, 2),
            Math.Round(outcome.Punctuality.Count / seconds, 1), outcome.Punctuality.ToPercentiles(), outcome.States, lostAnswers,
            throttledAnswers, outcome.Unknown, outcome.Lost, outcome.Duplicated, outcome.Untrue);
    }

    private DateTimeOffset DueAt(DateTimeOffset firstDue, long number) => firstDue + (options.Spread * number / options.Posts);

    private async Task<int> MakeAsync(
        ApiClient edge, RunToken token, IReadOnlyList<Publisher> publishers, DateTimeOffset firstDue, Action<double> report,
        CancellationToken cancellationToken)
    {
        var made = 0;
        foreach (var (index, publisher) in publishers.Index())
        {
            var numbers = Enumerable.Range(0, options.Posts).Where(number => number % publishers.Count == index);
            foreach (var chunk in numbers.Chunk(PerCall))
            {
                var posts = chunk.Select(number =>
                {
                    var account = publisher.Accounts[number / publishers.Count % publisher.Accounts.Count];
                    IReadOnlyList<Guid>? media = account.Platform == "instagram" ? [publisher.Picture] : null;
                    return new NewPost(
                        new($"News {token.Of(number)}", media), new([account.Id]), DueAt(firstDue, number), [token.Run]);
                });
                await edge.PostAsync(
                    "/api/posts/bulk", publisher.User.Key, new([.. posts], AllowDuplicates: true), SocialJson.Default.NewPosts,
                    SocialJson.Default.JsonElement, cancellationToken);
                made += chunk.Length;
                report(made);
            }
        }

        return made;
    }
}

/// <summary>What goes wrong at the platforms while posts go out.</summary>
internal sealed class PlatformFaults(ApiClient simulator, IReadOnlyList<string> platforms) : IAsyncDisposable
{
    private bool _isCleared;

    public static async Task<PlatformFaults> SetAsync(ApiClient simulator, SocialOptions options, CancellationToken cancellationToken)
    {
        var faults = new PlatformFaults(simulator, options.Platforms);
        foreach (var platform in options.Platforms)
        {
            if (options.Throttled > 0)
                await AddAsync(new(platform, options.Throttled, Status: 429, RetryAfterSeconds: 1));
            if (options.Lost > 0)
                await AddAsync(new(platform, options.Lost, Lost: true));
        }

        return faults;

        Task AddAsync(NewFault fault) => simulator.PostAsync(
            "/_sim/faults", null, fault, SocialJson.Default.NewFault, SocialJson.Default.JsonElement, cancellationToken);
    }

    /// <summary>Ends them.</summary>
    /// <returns>How many answers got lost, and how many requests were throttled.</returns>
    public async Task<(long Lost, long Throttled)> ClearAsync(CancellationToken cancellationToken)
    {
        var faults = await simulator.GetAsync("/_sim/faults", null, SocialJson.Default.FaultItemArray, cancellationToken);
        foreach (var platform in platforms)
            await simulator.DeleteAsync(string.Create(CultureInfo.InvariantCulture, $"/_sim/faults?provider={platform}"), null,
                cancellationToken);
        _isCleared = true;
        var ours = faults.Where(fault => platforms.Contains(fault.Provider)).ToList();
        return (ours.Where(fault => fault.Lost).Sum(fault => (long)fault.Hits),
            ours.Where(fault => !fault.Lost).Sum(fault => (long)fault.Hits));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isCleared)
            await ClearAsync(CancellationToken.None);
    }
}

internal sealed record NewPosts(IReadOnlyList<NewPost> Posts, bool AllowDuplicates);

internal sealed record NewPost(NewContent Content, NewTargets Targets, DateTimeOffset ScheduledAt, IReadOnlyList<string> Tags);

internal sealed record NewContent(string Text, IReadOnlyList<Guid>? Media);

internal sealed record NewTargets(IReadOnlyList<Guid> Accounts);

internal sealed record NewFault(string Provider, double Rate, int? Status = null, int? RetryAfterSeconds = null, bool? Lost = null);

internal sealed record FaultItem(string Provider, bool Lost, int Hits);
