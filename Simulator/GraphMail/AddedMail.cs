namespace Switchboard.Simulator.GraphMail;

/// <summary>A mail that was put in by a control call.</summary>
/// <param name="Number">From 0 in the order in which they were put in.</param>
/// <param name="Item">As Graph shows it.</param>
/// <param name="Answers">The Message-IDs that it says it answers, the nearest first.</param>
/// <param name="IsAutoReply">Whether no person wrote it.</param>
/// <param name="IsBounce">Whether it tells that another could not be delivered.</param>
internal sealed record AddedMail(int Number, MailItem Item, IReadOnlyList<string> Answers, bool IsAutoReply, bool IsBounce)
{
    public MailPosition Position => MailPosition.OfAdded(Item.At, Number);
}
