using Switchboard.Simulator.GraphMail;

namespace Switchboard.Simulator.GraphPlan;

/// <summary>A mail that is computed, never stored: which sent mail it belongs to, and what it is to it.</summary>
internal readonly record struct PlannedMail(int Index, MailKind Kind)
{
    /// <summary>Both in one number: what is kept of a mail where an order must be kept.</summary>
    public int Code => (Index << 2) | (int)Kind;

    public MailFolder Folder => Kind == MailKind.Sent ? MailFolder.SentItems : MailFolder.Inbox;

    public static PlannedMail FromCode(int code) => new(code >> 2, (MailKind)(code & 3));
}
