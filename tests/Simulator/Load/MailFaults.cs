namespace Switchboard.Tests.Simulator.Load;

/// <summary>What a product does wrong; mails by their number, counted from 1.</summary>
/// <param name="Lose">The mail that is not tracked.</param>
/// <param name="Double">The mail that is tracked twice.</param>
/// <param name="Garble">The mail whose status is not right.</param>
/// <param name="Inflate">The statistic of the analytics' summary that is one too high.</param>
/// <param name="Fail">Whether syncs end as failed.</param>
/// <param name="ForgetHint">Whether the authority is not told whose mailbox is meant.</param>
/// <param name="Deaf">Whether it never has Microsoft 365 tell it of changes.</param>
internal sealed record MailFaults(
    int Lose = 0, int Double = 0, int Garble = 0, string? Inflate = null, bool Fail = false, bool ForgetHint = false, bool Deaf = false);
