namespace Switchboard.Simulator.GraphMail;

/// <summary>The positions of mails, oldest first; each can be asked for, none need be kept.</summary>
internal interface IMailList
{
    int Count { get; }

    MailPosition At(int rank);
}
