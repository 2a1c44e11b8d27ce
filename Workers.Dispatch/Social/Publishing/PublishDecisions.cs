using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>What answers, failures and looks mean for a target and its account. Pure decisions.</summary>
internal sealed class PublishDecisions(IOptions<PublishingOptions> options)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ThrottledUnlessSaid = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ProxyAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QuotaAgain = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan MostUnreachable = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MostReadBack = TimeSpan.FromMinutes(15);

    // what waits for the same moment does not come back in the same second
    private static readonly TimeSpan MidnightSpread = TimeSpan.FromMinutes(1);
    private const double Jitter = 0.25;

    /// <summary>The code of a failure that is an error of ours: it says nothing of the network.</summary>
    public const string Unexpected = "unexpected";

    private readonly PublishingOptions _options = options.Value;

    /// <summary>Why a target cannot go out now that is claimed; null if it can, as far as its account goes.</summary>
    public static TargetSettlement? Hold(ClaimedTarget target, SocialAccount account, AccountCap? cap, DateTimeOffset now, double random)
    {
        if (!AccountStates.Publishes(target.AccountState))
        {
            // what a person has paused keeps the end of a limit that it had before
            var until = target.AccountState == AccountStates.Limited ? target.AccountUntil : null;
            return Wait(target, TargetReasons.AccountPrefix + target.AccountState, target.AccountReason, until);
        }

        if (account.Proxy is { IsDown: true } proxy)
            return Wait(target, TargetReasons.ProxyDown, $"The proxy {proxy.Address.Host}:{proxy.Address.Port} is down.", now + ProxyAgain);
        if (target.SentToday >= cap?.Posts)
            return Capped(target, cap, now, random);
        return cap?.QuotaLeft == 0
            ? Wait(target, TargetReasons.PlatformQuota, "The platform takes no more of the account for now.", now + QuotaAgain)
            : null;
    }

    /// <summary>The account has had its posts of the day: the next are tomorrow's, by UTC.</summary>
    public static TargetSettlement Capped(ClaimedTarget target, AccountCap cap, DateTimeOffset now, double random) => Wait(
        target, cap.Reason ?? TargetReasons.DailyCap, $"The account has had its {cap.Posts} posts of the day.",
        new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero) + (MidnightSpread * random));

    /// <summary>It waits, and takes no attempt.</summary>
    public static TargetSettlement Wait(
        ClaimedTarget target, string reason, string? error, DateTimeOffset? until, string? attempt = null) =>
        target.Becomes(TargetStates.Waiting, target.Attempts + (attempt is null ? 0 : 1)) with
        {
            Attempt = attempt,
            Reason = reason,
            Error = error,
            NextAttemptAt = until,
        };

    /// <summary>It is prepared before it is due, or cannot be: it is looked at when it is due.</summary>
    public static TargetSettlement WhenDue(ClaimedTarget target, string state) =>
        target.Becomes(state, target.Attempts) with { NextAttemptAt = target.DueAt };

    /// <summary>What is prepared before it is due did not come about: it takes no attempt, and there is time until then.</summary>
    public static PublishDecision Ahead(ClaimedTarget target, PublishDecision failed) => failed with
    {
        Target = WhenDue(target, TargetStates.Pending) with
        {
            NextAttemptAt = failed.Target.NextAttemptAt < target.DueAt ? failed.Target.NextAttemptAt : target.DueAt,
            Error = failed.Target.Error,
            IsThrottled = failed.Target.IsThrottled,
        },
    };

    /// <summary>The platform has made it.</summary>
    public static PublishDecision Made(ClaimedTarget target, int number, PublishedPost post, string settledBy, DateTimeOffset now) => new(
        target.Becomes(TargetStates.Published, number) with
        {
            Attempt = AttemptState.Accepted,
            SettledBy = settledBy,
            RemoteId = post.RemoteId,
            RemoteUrl = post.Url,
        },
        post.Wait is { } wait && wait > TimeSpan.Zero
            ? new(AccountStates.Limited, new(FailureKind.Throttled, "Its platform says that its limit is near."), now + wait)
            : null);

    /// <summary>An attempt, or what goes before it, failed.</summary>
    /// <param name="target">The target.</param>
    /// <param name="isSent">Whether the one request was made.</param>
    /// <param name="failure">What came of it.</param>
    /// <param name="now">When.</param>
    /// <param name="random">From 0 to 1: where in the jitter's range a wait falls.</param>
    public PublishDecision Failed(ClaimedTarget target, bool isSent, ProviderFailure failure, DateTimeOffset now, double random)
    {
        var withdrawn = isSent ? AttemptState.Withdrawn : null;
        var number = target.Attempts + 1;
        switch (failure.Kind)
        {
            case FailureKind.Throttled:
                var wait = (failure.RetryAfter ?? ThrottledUnlessSaid) * (1 + (Jitter * random));
                var isOfPlatform = failure.HttpStatus is not null;
                var reason = failure.Code == SocialFailures.ProxyDown ? TargetReasons.ProxyDown : TargetReasons.Throttled;
                return new(
                    Wait(target, reason, failure.Error, now + wait, withdrawn) with
                    {
                        IsThrottled = isOfPlatform,
                        HttpStatus = failure.HttpStatus,
                    },
                    isOfPlatform ? new(AccountStates.Limited, failure, now + (failure.RetryAfter ?? ThrottledUnlessSaid)) : null);

            case FailureKind.Unauthorized or FailureKind.GrantRevoked or FailureKind.AccountBlocked:
                var change = AccountChange.Of(failure)!;
                return new(Wait(target, TargetReasons.AccountPrefix + change.State, failure.Error, null, withdrawn), change);

            // it never arrived: the network is away, and the post is not to blame
            case FailureKind.Transient when failure is { HttpStatus: null, Code: not Unexpected }
                && !IsTooLong(HeldSince(target, TargetReasons.Unreachable, now), now):
                var held = now - HeldSince(target, TargetReasons.Unreachable, now);
                var again = failure.RetryAfter ?? Between(held, Soon, MostUnreachable);
                return new(Wait(target, TargetReasons.Unreachable, failure.Error, now + again, withdrawn));

            case FailureKind.Transient when number < target.AttemptLimit:
                var delay = TimeSpan.FromSeconds(_options.RetrySeconds * Math.Pow(2, number - 1)) * (1 + (Jitter * random));
                return new(target.Becomes(TargetStates.Waiting, number) with
                {
                    Attempt = AttemptState.Failed,
                    SettledBy = AttemptState.ByAnswer,
                    Reason = TargetReasons.Retry,
                    Error = failure.Error,
                    HttpStatus = failure.HttpStatus,
                    NextAttemptAt = now + (failure.RetryAfter ?? delay),
                });

            case FailureKind.UnknownOutcome when isSent:
                return new(target.Becomes(TargetStates.Unknown, number) with
                {
                    Attempt = AttemptState.Unknown,
                    Reason = TargetReasons.ReadBack,
                    Error = failure.Error,
                    HttpStatus = failure.HttpStatus,
                    NextAttemptAt = now + TimeSpan.FromSeconds(_options.ReadBackSeconds),
                });

            // what is not public may be done again
            case FailureKind.UnknownOutcome:
                return Failed(target, isSent, failure with { Kind = FailureKind.Transient }, now, random);

            default:
                return new(target.Becomes(TargetStates.Failed, number) with
                {
                    Attempt = AttemptState.Failed,
                    SettledBy = AttemptState.ByAnswer,
                    Error = failure.Error,
                    HttpStatus = failure.HttpStatus,
                });
        }
    }

    /// <summary>This version does not know its platform: what is not sent has failed, and of what may be there a person has to say.</summary>
    public static PublishDecision NoPlatform(ClaimedTarget target) => target.Turn == Turn.ReadBack
        ? ForPerson(target, $"This version does not know {target.Platform}.")
        : new(target.Becomes(TargetStates.Failed, target.Attempts) with { Error = $"This version does not know {target.Platform}." });

    /// <summary>A process began an attempt and ended before it said what came of it.</summary>
    public static PublishDecision InDoubt(ClaimedTarget target, DateTimeOffset now) => new(
        target.Becomes(TargetStates.Unknown, target.Attempts) with
        {
            Attempt = AttemptState.Unknown,
            Reason = TargetReasons.ReadBack,
            NextAttemptAt = now,
            Error = "The process that sent it ended before the answer was recorded.",
        });

    /// <summary>What the platform said of an attempt of unknown outcome.</summary>
    public PublishDecision ReadBack(ClaimedTarget target, PlatformDefinition platform, ReadBack said, DateTimeOffset now)
    {
        var elapsed = now - (target.SentAt ?? now);
        switch (said)
        {
            case Social.ReadBack.Found found:
                return Made(target, target.Attempts, found.Post, AttemptState.ByReadBack, now);

            case Social.ReadBack.Absent when platform.Can(PlatformCapabilities.Idempotent)
                || elapsed.TotalSeconds >= _options.AbsentAfterSeconds:
                var isOver = target.Attempts >= target.AttemptLimit;
                return new(target.Becomes(isOver ? TargetStates.Failed : TargetStates.Waiting, target.Attempts) with
                {
                    Attempt = AttemptState.Failed,
                    SettledBy = AttemptState.ByReadBack,
                    Reason = isOver ? null : TargetReasons.Retry,
                    Error = "No answer came, and the platform has not made the post.",
                    NextAttemptAt = isOver ? null : now,
                });

            case Social.ReadBack.Absent:
                return Again(target, now, TimeSpan.FromSeconds(_options.AbsentAfterSeconds) - elapsed, null);

            case Social.ReadBack.NotYet notYet:
                return Again(target, now, notYet.LookAgain, null);

            default:
                return ForPerson(target, $"{platform.Label} cannot be asked whether it was made.");
        }
    }

    /// <summary>The platform could not be asked.</summary>
    public PublishDecision NotAsked(ClaimedTarget target, ProviderFailure failure, DateTimeOffset now) =>
        Again(target, now, failure.RetryAfter ?? TimeSpan.Zero, failure.Error) with
        {
            Account = AccountChange.Of(failure),
        };

    /// <summary>Another target of the account has the post that was found: it is asked again, for one that nobody has. What an answer said
    /// is true all the same.</summary>
    public PublishDecision IsOfAnother(ClaimedTarget target, PublishDecision decision, DateTimeOffset now) =>
        decision.Target.SettledBy == AttemptState.ByReadBack
            ? Again(target, now, TimeSpan.Zero, "The post that was found is that of another target.")
            : decision with { Target = decision.Target with { RemoteId = null } };

    private PublishDecision Again(ClaimedTarget target, DateTimeOffset now, TimeSpan atLeast, string? error)
    {
        var elapsed = now - (target.SentAt ?? now);
        if (IsTooLong(target.SentAt ?? now, now))
            return ForPerson(target, error ?? "The platform does not say whether it was made.");
        var wait = Between(elapsed, TimeSpan.FromSeconds(_options.ReadBackSeconds), MostReadBack);
        return new(target.Becomes(TargetStates.Unknown, target.Attempts) with
        {
            Reason = TargetReasons.ReadBack,
            Error = error,
            NextAttemptAt = now + (wait > atLeast ? wait : atLeast),
        });
    }

    private static PublishDecision ForPerson(ClaimedTarget target, string error) =>
        new(target.Becomes(TargetStates.Unknown, target.Attempts) with { Reason = TargetReasons.NeedsPerson, Error = error });

    private bool IsTooLong(DateTimeOffset since, DateTimeOffset now) => now - since >= TimeSpan.FromHours(_options.GiveUpHours);

    private static DateTimeOffset HeldSince(ClaimedTarget target, string reason, DateTimeOffset now) =>
        target.Reason == reason ? target.HeldSince ?? now : now;

    private static TimeSpan Between(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value < most ? value : most;
}
