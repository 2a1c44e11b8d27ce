namespace Switchboard.Simulator.GraphMail;

/// <summary>A folder without mails.</summary>
internal sealed class EmptyMails : IMailList
{
    public static EmptyMails Instance { get; } = new();

    public int Count => 0;

    public MailPosition At(int rank) => throw new ArgumentOutOfRangeException(nameof(rank));
}
