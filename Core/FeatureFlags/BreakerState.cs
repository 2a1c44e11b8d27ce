namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// The safety switch of one feature: a value, and pure decisions. Failures in a row are counted, not failures in a time: under thousands
/// of calls a second a few always fail, and of an optimisation that fails every other time five in a row come soon enough.
/// </summary>
/// <param name="Failures">How many in a row.</param>
/// <param name="OffUntil">Until when it is off; null while it is on.</param>
/// <param name="TrialUntil">While off: until when the one trial that was let through may still answer.</param>
internal sealed record BreakerState(int Failures, DateTimeOffset? OffUntil, DateTimeOffset? TrialUntil)
{
    public static readonly BreakerState On = new(0, null, null);

    /// <summary>A trial that never answers is over after this; then another one is let through.</summary>
    public static readonly TimeSpan LongestTrial = TimeSpan.FromMinutes(1);

    // how much later than meant a message may arrive
    private static readonly TimeSpan SameFall = TimeSpan.FromSeconds(2);

    /// <summary>What a call does now.</summary>
    public (BreakerVerdict Verdict, BreakerState Next) Ask(DateTimeOffset now) => this switch
    {
        { OffUntil: null } => (BreakerVerdict.Go, this),
        { OffUntil: var until } when now < until => (BreakerVerdict.Fallback, this),
        { TrialUntil: { } trial } when now < trial => (BreakerVerdict.Fallback, this),
        _ => (BreakerVerdict.Trial, this with { TrialUntil = now + LongestTrial }),
    };

    /// <summary>The optimised path answered.</summary>
    /// <param name="trial">Whether it was the trial; what began before the switch fell says nothing about it.</param>
    public BreakerState Succeed(bool trial) => OffUntil is null || trial ? On : this;

    /// <summary>The optimised path failed where the plain one answered.</summary>
    public BreakerState Fail(bool trial, DateTimeOffset now, int failuresInARow, TimeSpan off) =>
        OffUntil is not null ? trial ? Off(now + off) : this
        : Failures + 1 >= failuresInARow ? Off(now + off)
        : this with { Failures = Failures + 1 };

    /// <summary>The trial ended without an answer of its own: its caller went away, or the plain path failed too.</summary>
    public BreakerState Abandon(bool trial) => trial ? this with { TrialUntil = null } : this;

    /// <summary>Another process turned it off; what is heard back of one's own fall changes nothing.</summary>
    public BreakerState Hear(DateTimeOffset until) => OffUntil + SameFall >= until ? this : new(Failures, until, null);

    private BreakerState Off(DateTimeOffset until) => new(Failures + (OffUntil is null ? 1 : 0), until, null);
}
