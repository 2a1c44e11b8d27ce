using System.Text.RegularExpressions;

namespace Switchboard.Edge.Api.Validation;

/// <summary>The channels, and who can be reached over them.</summary>
internal static partial class Channels
{
    public const string WhatsApp = "whatsapp";

    /// <summary>All there are.</summary>
    public static IReadOnlyList<string> All { get; } = [WhatsApp];

    /// <summary>What is wrong with a recipient; null if nothing is, or the channel is not known.</summary>
    public static string? RecipientMistake(string? channel, string? recipient) => channel switch
    {
        WhatsApp when !E164().IsMatch(recipient ?? "") => "It must be a phone number in E.164: + and 7 to 15 digits, such as +15550100001.",
        _ => null,
    };

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
