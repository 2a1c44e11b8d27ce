using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Deletion;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>What recipients have chosen: the rows of <c>recipient_preferences</c>, with a cache in front that is written through.</summary>
public sealed class PreferenceStore
{
    /// <summary>The namespace of the cache: keys <c>preferences:{user}/{recipient}</c>.</summary>
    public const string CacheNamespace = "preferences";

    private const int LargestBatch = 1_000;

    private readonly NpgsqlDataSource _dataSource;
    private readonly HybridCache _cache;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentQueue<Asked> _asked = new();
    private int _isReading;

    /// <summary>Makes the store.</summary>
    public PreferenceStore(NpgsqlDataSource dataSource, HybridCache cache, TimeProvider timeProvider) =>
        (_dataSource, _cache, _timeProvider) = (dataSource, cache, timeProvider);

    /// <summary>What holds for each of these recipients of a user.</summary>
    public async Task<IReadOnlyDictionary<Guid, RecipientPreferences>> FindAsync(
        Guid userId, IReadOnlyCollection<Guid> recipientIds, CancellationToken cancellationToken)
    {
        var defaults = FindSetAsync(userId, userId, cancellationToken);
        var found = await Task.WhenAll(
            recipientIds.Distinct().Select(async id => (Id: id, Own: await FindSetAsync(userId, id, cancellationToken))));
        var userDefaults = await defaults;
        return found.ToDictionary(one => one.Id, one => new RecipientPreferences(one.Own, userDefaults));
    }

    /// <summary>What a recipient has chosen; of what a user has set for all recipients, the id is the user's.</summary>
    public Task<PreferenceSet> FindSetAsync(Guid userId, Guid recipientId, CancellationToken cancellationToken) =>
        _cache.GetOrCreateAsync(
            CacheKey(userId, recipientId), (Store: this, userId, recipientId),
            static async (state, _) => await state.Store.ReadAsync(state.userId, state.recipientId),
            tags: [UserDeletion.CacheTag(userId)], cancellationToken: cancellationToken).AsTask();

    private const string HoldUserSql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    private const string HoldRecipientSql = "SELECT id FROM recipients WHERE user_id = $1 AND id = $2 FOR NO KEY UPDATE";

    private const string CurrentSql = "SELECT preferences, quiet_hours FROM recipient_preferences WHERE user_id = $1 AND recipient_id = $2";

    private const string SetSql =
        """
        INSERT INTO recipient_preferences AS p (user_id, recipient_id, preferences, quiet_hours, updated_at)
        VALUES ($1, $2, $3::jsonb, $4::jsonb, $5)
        ON CONFLICT (recipient_id) DO UPDATE
        SET preferences = excluded.preferences, quiet_hours = excluded.quiet_hours, updated_at = excluded.updated_at
        WHERE p.user_id = excluded.user_id
        RETURNING p.xmin::text
        """;

    private const string VersionSql = "SELECT xmin::text FROM recipient_preferences WHERE user_id = $1 AND recipient_id = $2";

    /// <summary>
    /// Changes what a recipient has chosen, or what a user has set for all recipients (then the id is the user's). One at a time; every
    /// process knows it at once.
    /// </summary>
    /// <returns>What is chosen now; null when there is no such recipient.</returns>
    public async Task<PreferenceSet?> ChangeAsync(
        Guid userId, Guid recipientId, Func<PreferenceSet, PreferenceSet> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (await WriteAsync(userId, recipientId, change, cancellationToken) is not var (changed, version))
            return null;

        // from here it is done, whether the caller waits or not
        await _cache.SetAsync(
            CacheKey(userId, recipientId), changed, tags: [UserDeletion.CacheTag(userId)], cancellationToken: CancellationToken.None);
        // two who write one after the other may come to the cache in the other order
        var stored = await _dataSource.Command(VersionSql, userId, recipientId).FirstAsync(row => row.GetString(0), CancellationToken.None);
        if (stored != version)
            await ForgetAsync(userId, recipientId);
        return changed;
    }

    // the connection is back in the pool when this returns: none is held while Redis is called
    private async Task<(PreferenceSet Set, string Version)?> WriteAsync(
        Guid userId, Guid recipientId, Func<PreferenceSet, PreferenceSet> change, CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var held = recipientId == userId
            ? transaction.Command(HoldUserSql, userId)
            : transaction.Command(HoldRecipientSql, userId, recipientId);
        if (await held.ListAsync(row => row.GetGuid(0), cancellationToken) is [])
            return null;

        var current = await transaction.Command(CurrentSql, userId, recipientId)
            .FirstAsync(row => PreferenceSet.Read(row.GetString(0), row.Text(1)), cancellationToken);
        var changed = change(current ?? PreferenceSet.None);
        var version = await transaction
            .Command(SetSql, userId, recipientId, changed.WriteChoices(), changed.WriteQuietHours(), _timeProvider.GetUtcNow())
            .FirstAsync(row => row.GetString(0), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (changed, version!);
    }

    /// <summary>Makes every process forget what a recipient had chosen who is gone.</summary>
    public ValueTask ForgetAsync(Guid userId, Guid recipientId) =>
        _cache.RemoveAsync(CacheKey(userId, recipientId), CancellationToken.None);

    // What is asked for while a statement runs is read by the next one: a page of recipients costs few, however many the cache lacks. And
    // each is read after it was asked for, which is what the cache relies on.
    private Task<PreferenceSet> ReadAsync(Guid userId, Guid recipientId)
    {
        var asked = new Asked(userId, recipientId, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _asked.Enqueue(asked);
        if (Interlocked.CompareExchange(ref _isReading, 1, 0) == 0)
            _ = Task.Run(ReadAskedAsync);
        return asked.Answer.Task;
    }

    private async Task ReadAskedAsync()
    {
        while (true)
        {
            var batch = new List<Asked>();
            while (batch.Count < LargestBatch && _asked.TryDequeue(out var one))
                batch.Add(one);
            if (batch.Count > 0)
            {
                await AnswerAsync(batch);
                continue;
            }

            Volatile.Write(ref _isReading, 0);
            // one may have been asked for between the look and this
            if (_asked.IsEmpty || Interlocked.CompareExchange(ref _isReading, 1, 0) != 0)
                return;
        }
    }

    private const string ReadSql =
        """
        SELECT p.user_id, p.recipient_id, p.preferences, p.quiet_hours
        FROM unnest($1::uuid[], $2::uuid[]) AS asked (user_id, recipient_id)
        JOIN recipient_preferences AS p ON p.recipient_id = asked.recipient_id AND p.user_id = asked.user_id
        """;

    private async Task AnswerAsync(List<Asked> batch)
    {
        try
        {
            var rows = await _dataSource
                .Command(ReadSql, batch.Select(one => one.UserId).ToArray(), batch.Select(one => one.RecipientId).ToArray())
                .ListAsync(
                    row => (Of: (row.GetGuid(0), row.GetGuid(1)), Set: PreferenceSet.Read(row.GetString(2), row.Text(3))),
                    CancellationToken.None);
            var found = rows.DistinctBy(row => row.Of).ToDictionary(row => row.Of, row => row.Set);
            foreach (var one in batch)
                one.Answer.SetResult(found.GetValueOrDefault((one.UserId, one.RecipientId), PreferenceSet.None));
        }
#pragma warning disable CA1031 // it is for those who asked
        catch (Exception exception)
#pragma warning restore CA1031
        {
            foreach (var one in batch)
                one.Answer.TrySetException(exception);
        }
    }

    private static string CacheKey(Guid userId, Guid recipientId) => $"{CacheNamespace}:{userId}/{recipientId}";

    private sealed record Asked(Guid UserId, Guid RecipientId, TaskCompletionSource<PreferenceSet> Answer);
}
