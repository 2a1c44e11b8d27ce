using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>What was found of a mail that was asked for.</summary>
/// <param name="Mail">The mail; null if it cannot be tracked.</param>
/// <param name="Problem">Why it cannot.</param>
/// <param name="Conversation">The other mails of its conversation, which may hold its answer.</param>
internal sealed record RequestedMail(MailEnvelope? Mail, string? Problem, IReadOnlyList<MailEnvelope> Conversation)
{
    /// <summary>There is no such mail.</summary>
    public static RequestedMail Unknown { get; } = Not("There is no such mail in the account.");

    /// <summary>It cannot be tracked.</summary>
    public static RequestedMail Not(string problem) => new(null, problem, []);

    /// <summary>The sent one of a few mails that have the same name.</summary>
    /// <param name="found">How many there are.</param>
    /// <param name="mails">Those that could be read.</param>
    /// <param name="problem">Why one could not.</param>
    public static RequestedMail Of(int found, IReadOnlyList<MailEnvelope> mails, string? problem) =>
        found == 0 ? Unknown
        : mails.FirstOrDefault(mail => mail.IsSent) is { } sent ? new(sent, null, [])
        : Not(mails.Count > 0 ? "It is not a mail that the account has sent." : problem ?? "It is a draft, which was not sent yet.");
}
