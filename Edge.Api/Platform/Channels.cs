using System.Text.RegularExpressions;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Platform;

/// <summary>The channels, and who can be reached over them.</summary>
internal static partial class Channels
{
    public const string WhatsApp = "whatsapp";

    public const string Sms = "sms";

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> All { get; } = [WhatsApp, Sms];

    /// <summary>
    /// What is wrong with a recipient; null if nothing is, or the channel is not known. Each text is paid for, so a number that its
    /// country's plan cannot have is refused; WhatsApp says itself whom it reaches, and only the form is looked at.
    /// </summary>
    public static string? RecipientMistake(string? channel, string? recipient) => channel switch
    {
        WhatsApp when !E164().IsMatch(recipient ?? "") => PhoneNumber.Mistake,
        Sms when !PhoneNumber.IsE164(recipient) => PhoneNumber.Mistake,
        _ => null,
    };

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
