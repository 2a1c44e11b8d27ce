using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Email;

/// <summary>What an account tracks, as it stands in <c>mailboxes.tracking</c>.</summary>
/// <param name="Mode">Which sent mails.</param>
/// <param name="Categories">For <see cref="TrackingMode.Matching"/>: categories of the provider, compared without case.</param>
/// <param name="Recipients">For <see cref="TrackingMode.Matching"/>: addresses or patterns such as <c>*@contoso.test</c>.</param>
/// <param name="WindowDays">For how many days an answer is waited for.</param>
/// <param name="FollowUp">Reminders of what was not answered; null for none.</param>
public sealed record TrackingPolicy(
    TrackingMode Mode,
    IReadOnlyList<string> Categories,
    IReadOnlyList<string> Recipients,
    int WindowDays,
    FollowUp? FollowUp)
{
    /// <summary>For how many days an answer is waited for, unless a policy says otherwise.</summary>
    public const int DefaultWindowDays = 90;

    /// <summary>Everything is tracked, without reminders.</summary>
    public static TrackingPolicy All { get; } = new(TrackingMode.All, [], [], DefaultWindowDays, null);

    /// <summary>Whether a mail is tracked by this policy.</summary>
    /// <param name="categories">The categories of the mail.</param>
    /// <param name="recipients">All recipients, canonical (<see cref="MailAddress"/>).</param>
    public bool Tracks(IReadOnlyList<string> categories, IReadOnlyList<string> recipients)
    {
        ArgumentNullException.ThrowIfNull(categories);
        ArgumentNullException.ThrowIfNull(recipients);
        return Mode switch
        {
            TrackingMode.All => true,
            TrackingMode.Matching => categories.Intersect(Categories, StringComparer.OrdinalIgnoreCase).Any()
                || Recipients.Any(pattern => recipients.Any(new AddressPattern(pattern).Matches)),
            _ => false,
        };
    }
}

/// <summary>Which sent mails an account tracks by itself; any other can be asked for at <c>POST /api/emails/track</c>.</summary>
public enum TrackingMode
{
    /// <summary>Every sent mail.</summary>
    All,

    /// <summary>Those with one of its categories or to one of its recipients.</summary>
    Matching,

    /// <summary>Only those that are asked for.</summary>
    Requested,
}

/// <summary>When and how an account's owner is reminded of a mail that was not answered.</summary>
/// <param name="AfterWorkingDays">So many days from Monday to Friday after it was sent, or after the reminder before.</param>
/// <param name="MaxReminders">How often, for one mail.</param>
/// <param name="TimeZone">In whose days is counted, an IANA name.</param>
/// <param name="Channel">Over which channel of notifications.</param>
/// <param name="Recipient">The address in the form of the channel.</param>
public sealed record FollowUp(int AfterWorkingDays, int MaxReminders, string TimeZone, string Channel, string Recipient);

/// <summary>A policy as it stands in <c>mailboxes.tracking</c> and <c>account_connections.tracking</c>.</summary>
public static class TrackingJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary><c>{"mode": "all", "categories": [], "recipients": [], "windowDays": 90, "followUp": null}</c>.</summary>
    public static string Write(TrackingPolicy policy) => JsonSerializer.Serialize(policy, Options);

    /// <summary>Reads a policy; a list that is not there is empty.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static TrackingPolicy Read(string json)
    {
        var read = JsonSerializer.Deserialize<TrackingPolicy>(json, Options) ?? throw new JsonException("A policy is not null.");
        return read with { Categories = read.Categories ?? [], Recipients = read.Recipients ?? [] };
    }
}
