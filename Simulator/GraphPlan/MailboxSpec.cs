namespace Switchboard.Simulator.GraphPlan;

/// <summary>All that there is to know of a planned mailbox: the same values make the same mails.</summary>
/// <param name="Address">Whose mailbox.</param>
/// <param name="Messages">How many mails were sent.</param>
/// <param name="ReplyRate">The share of them that was answered, 0 to 1.</param>
/// <param name="SpanDays">Over how many days they were sent.</param>
/// <param name="AutoReplyRate">The share that met an out-of-office, whatever came after it.</param>
/// <param name="BounceRate">The share that came back.</param>
/// <param name="Seed">For another mailbox of the same kind.</param>
/// <param name="Until">The end of the span: nothing was sent or received after it.</param>
internal sealed record MailboxSpec(
    string Address,
    int Messages,
    double ReplyRate,
    double SpanDays,
    double AutoReplyRate,
    double BounceRate,
    long Seed,
    DateTimeOffset Until)
{
    public const int MostMessages = 10_000_000;

    public string Domain => Address[(Address.IndexOf('@', StringComparison.Ordinal) + 1)..];
}
