namespace Switchboard.Simulator.Gmail;

/// <summary>A mail in a mailbox.</summary>
/// <param name="HistoryId">The history record that added it.</param>
/// <param name="Mail">As it was put in.</param>
/// <param name="ReceivedAt">When.</param>
internal sealed record StoredMail(long HistoryId, NewMail Mail, DateTimeOffset ReceivedAt)
{
    /// <summary>Gmail's ids are 16 hexadecimal digits.</summary>
    public string Id { get; } = HistoryId.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    public string ThreadId => Mail.ThreadId ?? Id;
}
