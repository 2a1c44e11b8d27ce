namespace Switchboard.Simulator.GraphTruth;

/// <summary>What became of a sent mail: after how many seconds a person answered, whether an automatic reply or a bounce came.</summary>
internal readonly record struct MailOutcome(long? ResponseSeconds, bool AutoReplied, bool Bounced)
{
    /// <summary>A response counts more than a bounce: one of several recipients may have answered.</summary>
    public string Status => ResponseSeconds is not null ? "responded" : Bounced ? "bounced" : "active";

    /// <summary>Both together: the first response counts.</summary>
    public MailOutcome And(MailOutcome other) => new(
        ResponseSeconds is { } mine && other.ResponseSeconds is { } theirs ? Math.Min(mine, theirs) : ResponseSeconds ?? other.ResponseSeconds,
        AutoReplied || other.AutoReplied,
        Bounced || other.Bounced);
}
