using Switchboard.Simulator.GraphPlan;

namespace Switchboard.Simulator.GraphControl;

/// <summary>The body of <c>POST /_sim/graph/mailboxes</c>.</summary>
/// <param name="Address">Whose mailbox; one that there is gives way.</param>
/// <param name="Messages">How many mails were sent.</param>
/// <param name="ReplyRate">The share of them that was answered.</param>
/// <param name="SpanDays">Over how many days they were sent.</param>
/// <param name="AutoReplyRate">The share that met an out-of-office.</param>
/// <param name="BounceRate">The share that came back.</param>
/// <param name="Seed">For another mailbox of the same kind.</param>
/// <param name="Until">The end of the days; now without it. The same values and the same end make the same mails.</param>
internal sealed record MailboxRequest(
    string? Address,
    int? Messages = null,
    double? ReplyRate = null,
    double? SpanDays = null,
    double? AutoReplyRate = null,
    double? BounceRate = null,
    long? Seed = null,
    DateTimeOffset? Until = null)
{
    /// <summary>The fields that are not as they should be, each with what to do.</summary>
    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        Check("address", Address?.Split('@') is [{ Length: > 0 }, { Length: > 0 }], "Name the mailbox, such as ann@example.com.");
        Check("messages", Messages is null or (>= 0 and <= MailboxSpec.MostMessages), $"Use 0 to {MailboxSpec.MostMessages}.");
        Check("replyRate", ReplyRate is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        Check("autoReplyRate", AutoReplyRate is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        Check("bounceRate", BounceRate is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        Check("spanDays", SpanDays is null or (> 0 and <= 3650), "Use over 0 and up to 3650 days.");
        return errors;

        void Check(string field, bool isRight, string whatToDo)
        {
            if (!isRight)
            {
                errors[field] = [whatToDo];
            }
        }
    }

    public MailboxSpec ToSpec(DateTimeOffset now) => new(
        Address!, Messages ?? 0, ReplyRate ?? 0, SpanDays ?? 30, AutoReplyRate ?? 0, BounceRate ?? 0, Seed ?? 1, Until ?? now);
}
