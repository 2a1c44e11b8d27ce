using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Jobs;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Social.Posts;
using Switchboard.Core.Social.Scheduling;
using Switchboard.Edge.Api.Social.Posts;

namespace Switchboard.Edge.Api.Social.Schedules;

/// <summary>How many schedules there may be; section <c>Social:Schedules</c>.</summary>
internal sealed class ScheduleLimits
{
    public const string Section = "Social:Schedules";

    /// <summary>The most schedules of one user.</summary>
    [Range(1, 1_000)]
    public int MaxPerUser { get; init; } = 200;
}

/// <summary>
/// Changes a schedule together with the job of its next occurrence: both are there or neither is, and the job that was armed before does
/// nothing any more.
/// </summary>
internal sealed class ScheduleWriter(
    NpgsqlDataSource dataSource, JobOutbox outbox, ScheduleCache cache, TimeProvider timeProvider)
{
    /// <summary>Changes a schedule that is there.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="id">The schedule.</param>
    /// <param name="change">Makes it what it is to be, or says why it cannot be that.</param>
    /// <param name="cancellationToken">Ends it; then nothing is changed.</param>
    public async Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> ChangeAsync(
        Guid userId, Guid id, Func<Schedule, (Schedule? Changed, ProblemHttpResult? Refusal)> change, CancellationToken cancellationToken)
    {
        var changed = await WriteAsync(userId, id, change, cancellationToken);
        if (changed.Result is Ok<ScheduleResponse>)
            await cache.ForgetAsync(userId);
        return changed;
    }

    private async Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> WriteAsync(
        Guid userId, Guid id, Func<Schedule, (Schedule? Changed, ProblemHttpResult? Refusal)> change, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ScheduleStore.LockAsync(transaction, userId, id, cancellationToken) is not { } found)
            return Problems.NotFound("schedule", id);
        var (wanted, refusal) = change(found);
        if (wanted is null)
            return refusal!;
        var isOther = !ReferenceEquals(wanted.Content, found.Content) || !ReferenceEquals(wanted.Targets, found.Targets);
        if (isOther && await RefusalOfAsync(transaction, wanted, cancellationToken) is { } cannotGoOut)
            return cannotGoOut;
        var now = timeProvider.GetUtcNow().ToStorable();
        if (await ScheduleStore.ChangeAsync(
            transaction, wanted with { NextAt = NextOf(found, wanted, now) }, now, cancellationToken) is not { } changed)
            return NameTaken(wanted.Name);
        await outbox.CommitAsync(transaction, changed.NextJobs(), cancellationToken);
        return TypedResults.Ok(ScheduleResponse.Of(changed));
    }

    // an occurrence whose time has come is still to be made, unless the times are others now
    private static DateTimeOffset? NextOf(Schedule found, Schedule wanted, DateTimeOffset now) =>
        wanted.IsPaused ? null
        : !found.IsPaused && wanted.HasTimesOf(found) ? found.NextAt
        : wanted.Timetable.After(now).FirstOrDefault()?.At;

    /// <summary>Deletes a schedule: what waits in its queue becomes drafts, what it made stays.</summary>
    public async Task<bool> DeleteAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await ScheduleStore.LockAsync(transaction, userId, id, cancellationToken) is null)
                return false;
            await ScheduleQueue.ReleaseAsync(transaction, userId, id, timeProvider.GetUtcNow(), cancellationToken);
            await ScheduleStore.DeleteAsync(transaction, userId, id, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await cache.ForgetAsync(userId);
        return true;
    }

    /// <summary>
    /// Why what recurs could not go out: accounts, groups and media that the user has not, and what a platform refuses. Null if it could.
    /// </summary>
    public static async Task<ProblemHttpResult?> RefusalOfAsync(
        NpgsqlTransaction transaction, Schedule schedule, CancellationToken cancellationToken)
    {
        if (schedule.Content is not { } content)
            return null;
        var resolved = await PostResolution.ResolveAsync(
            transaction, schedule.UserId, [new(schedule.Id, content, schedule.Targets)], cancellationToken);
        PostError[] errors = resolved.Errors.Count > 0
            ? [.. resolved.Errors]
            : [.. PostCheck.Errors(0, content, PostCheck.Of(content, resolved.Targets[0], resolved.Media))];
        return errors.Length == 0
            ? null
            : Problems.Invalid([.. errors.Take(JsonErrors.Most).Select(error => new FieldError(error.Field, error.Message))]);
    }

    /// <summary>The user has another of this name.</summary>
    public static ProblemHttpResult NameTaken(string name) => Problems.Conflict($"There is a schedule named '{name}' already.");
}

/// <summary>
/// The schedules of a user, for what shows many of their times at once: in memory, in Redis, in Postgres. What moves by itself in a row
/// (its next occurrence, how many there were) is not read here.
/// </summary>
internal sealed class ScheduleCache(HybridCache cache, ScheduleStore store)
{
    /// <summary>Keys <c>schedule:{user}</c>.</summary>
    public const string CacheNamespace = "schedule";

    private const int Most = 1_000;

    public ValueTask<List<Schedule>> ListAsync(Guid userId, CancellationToken cancellationToken) => cache.GetOrCreateAsync(
        CacheKey(userId),
        (store, userId),
        static async (state, cancellationToken) =>
            await state.store.ListAsync(state.userId, new(null, null), null, Most, 0, cancellationToken),
        tags: [UserDeletion.CacheTag(userId)],
        cancellationToken: cancellationToken);

    /// <summary>To be called after the commit of a change, when no connection is held; it is done also when the caller has gone.</summary>
    public ValueTask ForgetAsync(Guid userId) => cache.RemoveAsync(CacheKey(userId), CancellationToken.None);

    private static string CacheKey(Guid userId) => $"{CacheNamespace}:{userId}";
}

internal static class ScheduleServices
{
    /// <summary>Schedules and the calendar.</summary>
    public static IServiceCollection AddSocialSchedules(this IServiceCollection services)
    {
        services.AddOptions<ScheduleLimits>().BindConfiguration(ScheduleLimits.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<ScheduleStore>().AddSingleton<ScheduleQueue>().AddSingleton<ScheduleCache>().AddSingleton<ScheduleWriter>()
            .AddSingleton<CalendarPosts>();
    }

    /// <summary>The namespace of <see cref="ScheduleCache"/>.</summary>
    public static CacheBuilder AddSocialSchedules(this CacheBuilder cache) =>
        cache.Namespace(ScheduleCache.CacheNamespace, CacheTtl.MediumLife, maxEntries: 1_000);
}
