namespace Switchboard.Core.Rules;

/// <summary>When a mail or text of its user matches, a notification goes to its recipient.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its user calls it.</param>
/// <param name="Type">What it looks at.</param>
/// <param name="Sender">Its conditions on the sender.</param>
/// <param name="Content">Its conditions on the content.</param>
/// <param name="Priority">Higher ones are asked first; among equals the older.</param>
/// <param name="Active">Whether it is asked at all.</param>
/// <param name="Continue">Whether the next rule is asked too after this one matched.</param>
/// <param name="Template">The message, with placeholders (<see cref="MessageTemplate"/>).</param>
/// <param name="Channel">Over which channel: <c>whatsapp</c> or <c>sms</c>.</param>
/// <param name="Recipient">To whom, in the form of the channel: E.164 for WhatsApp and SMS.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Rule(
    Guid Id,
    string Name,
    RuleType Type,
    SenderRules Sender,
    ContentRules Content,
    int Priority,
    bool Active,
    bool Continue,
    string Template,
    string Channel,
    string Recipient,
    DateTimeOffset CreatedAt);
