using System.Collections.Concurrent;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;

namespace Switchboard.Tests.Dispatch.Social;

/// <summary>A platform that makes posts unless the test says otherwise, and shows those that it has made.</summary>
internal sealed class TestPlatform(string name) : ISocialPlatform
{
    public string Name => name;

    /// <summary>What was made: one for each post, in their order.</summary>
    public ConcurrentQueue<PublishTarget> Made { get; } = new();

    /// <summary>How many requests were under way at once at most, of one account.</summary>
    public int MostOfAccount { get; private set; }

    public Func<PublishTarget, Task<Preparation>> Prepare { get; set; } = _ => Task.FromResult(Preparation.Ready);

    /// <summary>What comes before a post is made.</summary>
    public Func<PublishTarget, CancellationToken, Task> BeforeMaking { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What comes between the making of a post and its answer.</summary>
    public Func<PublishTarget, Task> AfterMaking { get; set; } = _ => Task.CompletedTask;

    /// <summary>What reading back says; null: what there is.</summary>
    public Func<PublishTarget, ReadBack?> Look { get; set; } = _ => null;

    public TimeSpan? Wait { get; set; }

    public List<string> Deleted { get; } = [];

    /// <summary>What comes before a post is deleted.</summary>
    public Action BeforeDeleting { get; set; } = () => { };

    private readonly Dictionary<Guid, int> _underWay = [];
    private readonly Lock _gate = new();

    public Task<Preparation> PrepareAsync(PublishTarget target, CancellationToken cancellationToken) => Prepare(target);

    public async Task<PublishedPost> SendAsync(PublishTarget target, CancellationToken cancellationToken)
    {
        Count(target.Account.Id, +1);
        try
        {
            await BeforeMaking(target, cancellationToken);
            Made.Enqueue(target);
            await AfterMaking(target);
            return new(IdOf(target), $"https://{name}.example/{target.TargetId}", Wait);
        }
        finally
        {
            Count(target.Account.Id, -1);
        }
    }

    public Task<ReadBack> ReadBackAsync(PublishTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
        Task.FromResult(
            Look(target)
            ?? (Made.FirstOrDefault(made => made.Account.Id == target.Account.Id && made.Text == target.Text
                    && !target.Claimed.Contains(IdOf(made))) is { } found
                ? new ReadBack.Found(new(IdOf(found)))
                : new ReadBack.Absent()));

    public Task DeleteAsync(SocialAccount account, string remoteId, CancellationToken cancellationToken)
    {
        BeforeDeleting();
        Deleted.Add(remoteId);
        return Task.CompletedTask;
    }

    public Task<AccountCheck> CheckAsync(SocialAccount account, CancellationToken cancellationToken) =>
        Task.FromResult(new AccountCheck(account.Handle));

    public static ProviderException Failure(FailureKind kind, int? status = null, TimeSpan? retryAfter = null, string error = "so it is") =>
        new(new ProviderFailure(kind, error, status, retryAfter));

    // what is made once more is another post
    private static string IdOf(PublishTarget made) => made.Attempt == 1 ? $"{made.TargetId}" : $"{made.TargetId}-{made.Attempt}";

    private void Count(Guid account, int by)
    {
        lock (_gate)
        {
            _underWay[account] = _underWay.GetValueOrDefault(account) + by;
            MostOfAccount = Math.Max(MostOfAccount, _underWay[account]);
        }
    }
}
