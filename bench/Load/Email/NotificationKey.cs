using System.Globalization;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Email;

/// <summary>The notification that a rule makes of a mail.</summary>
/// <param name="Mail">The mail's number.</param>
/// <param name="Rule">The rule's place in its user's list.</param>
internal readonly record struct NotificationKey(long Mail, int Rule)
{
    /// <summary>The template of each rule: its name, which begins with its place, and the subject, which ends with the token.</summary>
    public const string Template = "{{rule}} | {{subject}} | from {{from}}";

    /// <summary>Which one a message is; null when it is of another run, or none.</summary>
    public static NotificationKey? Read(string body, RunToken token) =>
        token.Find(body) is { } mail && body.Length > 3 && body[0] == 'R'
            && int.TryParse(body.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var rule)
            ? new NotificationKey(mail, rule)
            : null;
}
