using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>
/// What was posted at all platforms, in its order, and by account. The oldest of all go when there are too many, and of an account when it
/// has made more than its platform would let it.
/// </summary>
internal sealed class SocialPosts(IOptions<SimulatorOptions> options, TimeProvider timeProvider)
{
    private const int MostOfAccount = 1_000;
    private readonly ConcurrentDictionary<(string Platform, string Account), List<SocialPost>> _timelines = new();

    public MessageStore<SocialPost> All { get; } = new(options, timeProvider);

    /// <summary>Takes a post, unless there is one that <paramref name="existing"/> finds among those of the account.</summary>
    /// <returns>The post, and whether it is new.</returns>
    public (SocialPost Post, bool IsNew) Add(
        string platform, SocialAccount account, NewPost post, Func<long, string> idOf,
        Func<IReadOnlyList<SocialPost>, SocialPost?>? existing = null)
    {
        var timeline = _timelines.GetOrAdd((platform, account.Id), _ => []);
        lock (timeline)
        {
            if (existing?.Invoke(timeline) is { } found)
            {
                return (found, false);
            }

            var made = All.Add(sequence => new SocialPost(sequence, idOf(sequence), platform, account, post));
            timeline.Add(made);
            if (timeline.Count > MostOfAccount)
            {
                timeline.RemoveRange(0, MostOfAccount / 10);
            }

            return (made, true);
        }
    }

    /// <summary>What an account has posted and not deleted, newest first.</summary>
    public IReadOnlyList<SocialPost> Of(string platform, string account) =>
        [.. Timeline(platform, account).Where(post => post.DeletedAt is null).Reverse()];

    /// <summary>How many an account has posted since a time, deleted or not.</summary>
    public int CountSince(string platform, string account, DateTimeOffset since) =>
        Timeline(platform, account).Count(post => post.At > since);

    public SocialPost? Find(string platform, string account, string id) =>
        Array.FindLast(Timeline(platform, account), post => post.Id == id && post.DeletedAt is null);

    /// <summary>How many posts there are for what one of them was made for: with its key, or else with its text and link.</summary>
    public int Copies(SocialPost post) => Timeline(post.Platform, post.Account.Id).Count(
        other => post.Key is { } key ? other.Key == key : other.Text == post.Text && other.Link == post.Link);

    /// <summary>Deletes a post; false when it is not there.</summary>
    public bool Delete(string platform, string account, string id)
    {
        if (Find(platform, account, id) is not { } post)
        {
            return false;
        }

        post.DeletedAt = timeProvider.GetUtcNow();
        return true;
    }

    public void Clear()
    {
        All.Clear();
        _timelines.Clear();
    }

    private SocialPost[] Timeline(string platform, string account)
    {
        if (!_timelines.TryGetValue((platform, account), out var timeline))
        {
            return [];
        }

        lock (timeline)
        {
            return [.. timeline];
        }
    }
}

/// <summary>What somebody posts.</summary>
/// <param name="Text">As people read it.</param>
internal sealed record NewPost(string Text)
{
    public string? Link { get; init; }

    public IReadOnlyList<SocialUpload> Media { get; init; } = [];

    /// <summary>What it was made for, as its maker says: an idempotency key, a record key, a container.</summary>
    public string? Key { get; init; }

    /// <summary>As the platform gives it back, by its id and its time.</summary>
    public Func<string, DateTimeOffset, JsonObject>? Body { get; init; }
}

/// <summary>A post.</summary>
internal sealed class SocialPost : IStoredMessage
{
    public SocialPost(long sequence, string id, string platform, SocialAccount account, NewPost post)
    {
        (Sequence, Id, Platform, Account, Key) = (sequence, id, platform, account, post.Key);
        At = DateTimeOffset.UnixEpoch.AddTicks(sequence * TimeSpan.TicksPerMicrosecond);
        (Text, Link, Media, Body) = (post.Text, post.Link, post.Media, post.Body?.Invoke(id, At) ?? []);
    }

    public long Sequence { get; }

    public string Id { get; }

    public string Platform { get; }

    public SocialAccount Account { get; }

    public string? Key { get; }

    public DateTimeOffset At { get; }

    public string Text { get; private set; }

    public string? Link { get; private set; }

    public IReadOnlyList<SocialUpload> Media { get; private set; }

    public JsonObject Body { get; private set; }

    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Puts something else in its place, as Bluesky lets one.</summary>
    public void Replace(NewPost other) =>
        (Text, Link, Media, Body) = (other.Text, other.Link, other.Media, other.Body?.Invoke(Id, At) ?? []);
}
