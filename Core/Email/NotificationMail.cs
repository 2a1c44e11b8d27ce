using System.Text.RegularExpressions;

namespace Switchboard.Core.Email;

/// <summary>
/// How a notification's id stands in the mail that it goes out by, so that what comes back finds it: in the Message-ID, in a header for servers
/// that change Message-IDs, and in the address that it comes back to.
/// </summary>
public static partial class NotificationMail
{
    /// <summary>The header that has the id.</summary>
    public const string IdHeader = "X-Switchboard-Notification";

    /// <summary>The Message-ID, without angle brackets: the same however often the mail is made.</summary>
    public static string MessageId(Guid notificationId, string domain) => $"{notificationId}@{domain}";

    /// <summary>Where a mail comes back to: of <c>bounce@example.com</c> it is <c>bounce+{id}@example.com</c>.</summary>
    public static string BounceAddress(string address, Guid notificationId)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf('@');
        return $"{address[..at]}+{notificationId:N}{address[at..]}";
    }

    /// <summary>The id in a Message-ID, in the value of the header, or in an address that a mail came back to; null where there is none.</summary>
    public static Guid? IdIn(string? text) =>
        text is not null && Id().Match(text) is { Success: true } match && Guid.TryParse(match.Groups[1].ValueSpan, out var id) ? id : null;

    // <id@domain>, id, bounce+id@domain
    [GeneratedRegex(@"\A\s*<?(?:[^\s<>@]{1,64}\+)?([0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12})(?:@|\s*\z)", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
