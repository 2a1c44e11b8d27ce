using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Platforms;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// Takes a claimed target to its end, or to where it waits: prepares it, records that an attempt begins, makes the one request, and records
/// what came of it. Wherever it stops in between, the row says how far it was: before <c>sending</c> nothing was made and it begins again;
/// from there on it is asked of the platform, and never sent again before it is certain that nothing was made.
/// </summary>
internal sealed partial class Publisher
{
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);

    // the next look says what it is now; one that has another job finds nothing
    private static readonly JobOutcome Gone = JobOutcome.Snooze(TimeSpan.Zero, "It was cancelled, armed again or settled by others.");

    private readonly Dictionary<string, ISocialPlatform> _platforms;
    private readonly PublishingStore _store;
    private readonly PublishMediaSource _media;
    private readonly AccountChanges _accounts;
    private readonly SocialLimits _limits;
    private readonly PublishDecisions _decisions;
    private readonly PublishMetrics _metrics;
    private readonly GatheredWrites<AttemptBegin, BeginResult> _begins;
    private readonly GatheredWrites<TargetSettlement, SettledTarget?> _settlements;
    private readonly CancellationToken _stopping;
    private readonly TimeSpan _step;
    private readonly TimeSpan _prepare;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<Publisher> _logger;

    public Publisher(
        IEnumerable<ISocialPlatform> platforms,
        PublishingStore store,
        PublishMediaSource media,
        AccountChanges accounts,
        SocialLimits limits,
        PublishDecisions decisions,
        PublishMetrics metrics,
        PublishTasks tasks,
        IOptions<PublishingOptions> options,
        TimeProvider timeProvider,
        ILogger<Publisher> logger)
    {
        _platforms = platforms.ToDictionary(platform => platform.Name);
        (_store, _media, _accounts, _limits, _decisions, _metrics) = (store, media, accounts, limits, decisions, metrics);
        (_stopping, _step, _timeProvider, _logger) = (tasks.Stopping, options.Value.Step, timeProvider, logger);
        _prepare = TimeSpan.FromSeconds(options.Value.PrepareSeconds);
        _begins = new(store.BeginAsync, timeProvider, logger, _stopping);
        _settlements = new(store.SettleAsync, timeProvider, logger, _stopping);
    }

    /// <summary>Does what is to be done now of a claimed target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="account">Its account.</param>
    /// <param name="cap">What the account may publish today.</param>
    public async Task<JobOutcome> PublishAsync(ClaimedTarget target, SocialAccount account, AccountCap? cap)
    {
        if (target.Turn == Turn.InDoubt)
            return await SettleAsync(target, PublishDecisions.InDoubt(target, Now));
        if (!_platforms.TryGetValue(target.Platform, out var platform))
            return await SettleAsync(target, PublishDecisions.NoPlatform(target));
        if (target.Turn == Turn.ReadBack)
            return await ReadBackAsync(target, account, platform);

        if (PublishDecisions.Hold(target, account, cap, Now, Jitter()) is { } hold)
            return await SettleAsync(target, new(target.DueAt > Now ? PublishDecisions.WhenDue(target, TargetStates.Pending) : hold));
        using var place = _limits.TryEnter(target.Platform);
        if (place is null)
            return await WaitAsync(target, TargetReasons.Busy, "As many posts to its platform are under way as may be.", Busy);
        return await PrepareAsync(target, account, platform) switch
        {
            (null, { } outcome) => outcome,
            ({ } prepared, _) => target.DueAt > Now
                ? await SettleAsync(target, new(PublishDecisions.WhenDue(target, TargetStates.Ready)))
                : await SendAsync(target, platform, prepared, cap),
            _ => throw new InvalidOperationException("It is neither prepared nor is there an outcome."),
        };
    }

    // what is uploaded is kept after each step, so that the next process goes on from there
    private async Task<(PublishTarget? Prepared, JobOutcome? Outcome)> PrepareAsync(
        ClaimedTarget target, SocialAccount account, ISocialPlatform platform)
    {
        try
        {
            // uploads take longer than the claim of a text is good for
            var hasMedia = target.Content.For(target.Platform, target.AccountId).Media is { Count: > 0 };
            using var bound = Bound(hasMedia ? _prepare : _step);
            var publish = await ReadAsync(target, account, bound.Token);
            if (hasMedia && !await _store.ProlongAsync(target, _prepare * 1.2, bound.Token))
                return (null, Gone);
            var preparation = await platform.PrepareAsync(publish, bound.Token);
            if (preparation.State is { } state && state.GetRawText() != target.Prepared?.GetRawText())
            {
                if (!await _store.SavePreparedAsync(target, state, isReady: preparation.LookAgain is null, bound.Token))
                    return (null, Gone);
                publish = publish with { Prepared = state };
            }

            return preparation.LookAgain is { } wait
                ? (null, await SettleAsync(target, new PublishDecision(target.Becomes(TargetStates.Preparing, target.Attempts) with
                {
                    Reason = TargetReasons.Preparing,
                    NextAttemptAt = Now < target.DueAt && target.DueAt < Now + wait ? target.DueAt : Now + wait,
                })))
                : (publish, null);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception reason) when (FailureOf(reason, FailureKind.Transient) is { } failure)
        {
            if (reason is not ProviderException and not OperationCanceledException)
                Log.NotPrepared(_logger, reason, target.Id, target.Platform);
            var decision = _decisions.Failed(target, isSent: false, failure, Now, Jitter());
            return (null, await SettleAsync(target, target.DueAt > Now ? PublishDecisions.Ahead(target, decision) : decision));
        }
    }

    private async Task<JobOutcome> SendAsync(ClaimedTarget target, ISocialPlatform platform, PublishTarget prepared, AccountCap? cap)
    {
        if (await _limits.TakeAsync(target.Platform, target.AccountId, _stopping) is { } limited)
            return await WaitAsync(target, TargetReasons.RateLimit, $"The limit of {limited.Limit} is reached.", limited.Wait);
        var sent = new PostVariant { Text = prepared.Text, Link = prepared.Link, Media = [.. prepared.Media.Select(file => file.Id)] };
        switch (await _begins.WriteAsync(new(target, sent, cap?.Posts)))
        {
            case BeginResult.Lost:
                return Gone;
            case BeginResult.Changed:
                return await SettleAsync(
                    target, new PublishDecision(target.Becomes(TargetStates.Pending, target.Attempts) with { NextAttemptAt = Now }));
            case BeginResult.Busy:
                return await WaitAsync(target, TargetReasons.Busy, null, Busy);
            case BeginResult.Capped:
                return await SettleAsync(target, new PublishDecision(PublishDecisions.Capped(target, cap!, Now, Jitter())));
        }

        PublishDecision decision;
        try
        {
            using var bound = Bound(_step);
            var number = target.Attempts + 1;
            var post = await platform.SendAsync(prepared with { Attempt = number }, bound.Token);
            decision = PublishDecisions.Made(target, number, post, AttemptState.ByAnswer, Now);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw; // it may have been made: whoever claims it next reads it back
        }
        catch (Exception reason) when (FailureOf(reason, FailureKind.UnknownOutcome) is { } failure)
        {
            if (reason is not ProviderException and not OperationCanceledException)
                Log.NotSent(_logger, reason, target.Id, target.Platform);
            decision = _decisions.Failed(target, isSent: true, failure, Now, Jitter());
        }

        return await SettleAsync(target, decision);
    }

    private async Task<JobOutcome> ReadBackAsync(ClaimedTarget target, SocialAccount account, ISocialPlatform platform)
    {
        PublishDecision decision;
        try
        {
            using var bound = Bound(_step);
            var sent = target.Sent ?? new PostVariant();
            var sentAt = target.SentAt ?? target.DueAt;
            var publish = new PublishTarget(
                target.Id, account, sent.Text ?? "", sent.Link, [], target.DueAt, target.Attempts, target.Prepared)
            {
                Claimed = await _store.RemoteIdsAsync(target, sentAt, bound.Token),
            };
            var said = await platform.ReadBackAsync(publish, sentAt, bound.Token);
            decision = _decisions.ReadBack(target, SocialPlatforms.All[target.Platform], said, Now);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception reason) when (FailureOf(reason, FailureKind.Transient) is { } failure)
        {
            if (reason is not ProviderException and not OperationCanceledException)
                Log.NotReadBack(_logger, reason, target.Id, target.Platform);
            decision = _decisions.NotAsked(target, failure, Now);
        }

        return await SettleAsync(target, decision);
    }

    private async Task<PublishTarget> ReadAsync(ClaimedTarget target, SocialAccount account, CancellationToken cancellationToken)
    {
        var content = target.Content.For(target.Platform, target.AccountId);
        var link = string.IsNullOrEmpty(content.Link) ? null : content.Link;
        return new(
            target.Id, account, PostRules.Render(SocialPlatforms.All[target.Platform], content.Text ?? "", link), link,
            await _media.FindAsync(target.UserId, content.Media ?? [], cancellationToken),
            target.DueAt, target.Attempts + 1, target.Prepared);
    }

    private Task<JobOutcome> WaitAsync(ClaimedTarget target, string reason, string? error, TimeSpan wait) =>
        SettleAsync(target, new PublishDecision(PublishDecisions.Wait(target, reason, error, Now + wait)));

    private async Task<JobOutcome> SettleAsync(ClaimedTarget target, PublishDecision decision)
    {
        SettledTarget? met;
        try
        {
            met = await _settlements.WriteAsync(decision.Target);
        }
        catch (PostgresException reason) when (
            reason.SqlState == PostgresErrorCodes.UniqueViolation && decision.Target.RemoteId is not null)
        {
            decision = _decisions.IsOfAnother(target, decision, Now);
            met = await _settlements.WriteAsync(decision.Target);
        }

        if (decision.Account is { } change)
            await _accounts.ApplyAsync(target.UserId, target.AccountId, target.Platform, change, CancellationToken.None);
        if (met is null)
            return Gone;
        _metrics.Settled(met, decision.Target);
        if (decision.Target is { State: TargetStates.Failed or TargetStates.Unknown, Error: { } error } settled)
            Log.NotPublished(_logger, target.Id, target.Platform, settled.State, error);
        return decision.Target.NextAttemptAt is { } next
            ? JobOutcome.Snooze(next - Now, decision.Target.Reason ?? decision.Target.State)
            : JobOutcome.Done;
    }

    private static ProviderFailure? FailureOf(Exception reason, FailureKind unlessSaid) => reason switch
    {
        ProviderException known => known.Failure,
        OperationCanceledException => new(unlessSaid, "It took too long."),
        // the database is not the platform: nothing is recorded, and the job's consumer waits for it
        NpgsqlException => null,
        _ => new(unlessSaid, $"It failed unexpectedly: {LoggedException.Reason(reason)}", Code: PublishDecisions.Unexpected),
    };

    private CancellationTokenSource Bound(TimeSpan longest)
    {
        var bound = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        bound.CancelAfter(longest);
        return bound;
    }

    private DateTimeOffset Now => _timeProvider.GetUtcNow();

#pragma warning disable CA5394 // jitter, not a secret
    private static double Jitter() => Random.Shared.NextDouble();
#pragma warning restore CA5394

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Target {Id} could not be prepared for {Platform}")]
        public static partial void NotPrepared(ILogger logger, Exception reason, Guid id, string platform);

        [LoggerMessage(
            Level = LogLevel.Error, Message = "The send of target {Id} to {Platform} failed unexpectedly; whether it was made is read back")]
        public static partial void NotSent(ILogger logger, Exception reason, Guid id, string platform);

        [LoggerMessage(Level = LogLevel.Error, Message = "It could not be read back whether target {Id} was made at {Platform}")]
        public static partial void NotReadBack(ILogger logger, Exception reason, Guid id, string platform);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Target {Id} at {Platform} is {State}: {Reason}")]
        public static partial void NotPublished(ILogger logger, Guid id, string platform, string state, Redacted reason);
    }
}
