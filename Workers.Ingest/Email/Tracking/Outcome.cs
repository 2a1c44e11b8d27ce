using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What became of a sent mail, by all that answers it; <see cref="WriteOutcomes"/> works out the same of stored answers.</summary>
/// <param name="RespondedAt">When a person first answered.</param>
/// <param name="Responses">How often persons did.</param>
/// <param name="AutoRepliedAt">When a program first answered.</param>
/// <param name="BouncedAt">When it first came back.</param>
internal readonly record struct Outcome(DateTimeOffset? RespondedAt, int Responses, DateTimeOffset? AutoRepliedAt, DateTimeOffset? BouncedAt)
{
    /// <summary>The outcome with one more answer.</summary>
    public Outcome With(string kind, DateTimeOffset at) => kind switch
    {
        MailKind.Reply => this with { RespondedAt = First(RespondedAt, at), Responses = Responses + 1 },
        MailKind.AutoReply => this with { AutoRepliedAt = First(AutoRepliedAt, at) },
        _ => this with { BouncedAt = First(BouncedAt, at) },
    };

    /// <summary>How long the first answer took, in whole seconds; clocks that disagree make it none.</summary>
    public int? ResponseSeconds(DateTimeOffset sentAt) =>
        RespondedAt is { } at ? (int)Math.Clamp(Math.Floor((at - sentAt).TotalSeconds), 0, int.MaxValue) : null;

    /// <summary>The status of one that its user has not stopped.</summary>
    public string Status(DateTimeOffset expiresAt, DateTimeOffset now) =>
        TrackedStatus.Of(isStopped: false, RespondedAt is not null, BouncedAt is not null, expiresAt, now);

    private static DateTimeOffset First(DateTimeOffset? known, DateTimeOffset at) => known < at ? known.Value : at;
}
