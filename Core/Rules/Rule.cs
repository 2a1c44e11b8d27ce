using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Rules;

/// <summary>When a mail or SMS of its user matches, a notification goes to its recipient.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its user calls it.</param>
/// <param name="Type">What it looks at.</param>
/// <param name="Sender">Its conditions on the sender.</param>
/// <param name="Content">Its conditions on the content.</param>
/// <param name="Priority">Higher ones are evaluated first; among equals the older.</param>
/// <param name="Active">Whether it is evaluated at all.</param>
/// <param name="Continue">Whether the next rule is evaluated too after this one matched.</param>
/// <param name="Template">The message, with placeholders (<see cref="MessageTemplate"/>).</param>
/// <param name="Channel">Over which channel: <c>whatsapp</c> or <c>sms</c>.</param>
/// <param name="Recipient">The address in the form of the channel: E.164 for WhatsApp and SMS.</param>
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

/// <summary>What a rule looks at.</summary>
public enum RuleType
{
    /// <summary>The sender alone.</summary>
    Sender,

    /// <summary>The content alone.</summary>
    Content,

    /// <summary>Both must match.</summary>
    Combined,
}

/// <summary>
/// Which senders match: any of the addresses, domains or wildcards, unless an exclusion names them. Stored in lower case.
/// </summary>
/// <param name="Addresses">Whole addresses, or numbers in E.164: <c>billing@acme.test</c>, <c>+15550100001</c>.</param>
/// <param name="Domains">Domains and what is below them: <c>acme.test</c> matches <c>mail.acme.test</c> too.</param>
/// <param name="Wildcards">Patterns over the whole address, <c>*</c> for any run of characters, <c>?</c> for one: <c>*@*.bank.test</c>,
/// <c>+1555*</c>.</param>
/// <param name="Exclusions">Addresses, numbers, domains (<c>acme.test</c>) or patterns that never match.</param>
public sealed record SenderRules(
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Domains,
    IReadOnlyList<string> Wildcards,
    IReadOnlyList<string> Exclusions)
{
    /// <summary>No condition at all.</summary>
    public static SenderRules None { get; } = new([], [], [], []);
}

/// <summary>
/// What a message must say; words and phrases are found anywhere in it, whatever their case and Unicode form (<see cref="FoldedText"/>).
/// </summary>
/// <param name="AnyOf">At least one of these, if there are any.</param>
/// <param name="AllOf">Every one of these.</param>
/// <param name="NoneOf">Not one of these.</param>
/// <param name="Scope">Where to look.</param>
/// <param name="HasAttachment">Whether something must (true) or must not (false) be attached, of an SMS a media file; null for
/// either.</param>
/// <param name="Include">What of its text counts and is shown.</param>
public sealed record ContentRules(
    IReadOnlyList<string> AnyOf,
    IReadOnlyList<string> AllOf,
    IReadOnlyList<string> NoneOf,
    ContentScope Scope = ContentScope.Both,
    bool? HasAttachment = null,
    ContentInclude Include = ContentInclude.NewText)
{
    /// <summary>No condition at all.</summary>
    public static ContentRules None { get; } = new([], [], []);
}

/// <summary>Where a content rule looks for its words.</summary>
public enum ContentScope
{
    /// <summary>In the subject; an SMS has none.</summary>
    Subject,

    /// <summary>The text of the message.</summary>
    Body,

    /// <summary>The subject or the text.</summary>
    Both,
}

/// <summary>What of the text of a mail counts.</summary>
public enum ContentInclude
{
    /// <summary>What its sender wrote in it: no history that it quotes, no signature.</summary>
    NewText,

    /// <summary>The whole text, with quotes and signature.</summary>
    Everything,
}

/// <summary>The conditions of a rule as they stand in <c>rules.sender_rules</c> and <c>rules.content_rules</c>.</summary>
public static class RuleJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary><c>{"addresses": [], "domains": [], "wildcards": [], "exclusions": []}</c>.</summary>
    public static string Write(SenderRules rules) => JsonSerializer.Serialize(rules, Options);

    /// <summary><c>{"anyOf": [], "allOf": [], "noneOf": [], "scope": "both", "hasAttachment": null, "include": "newText"}</c>.</summary>
    public static string Write(ContentRules rules) => JsonSerializer.Serialize(rules, Options);

    /// <summary>Reads conditions on the sender; a list that is not there is empty.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static SenderRules ReadSender(string json)
    {
        var read = JsonSerializer.Deserialize<SenderRules>(json, Options) ?? SenderRules.None;
        return new(read.Addresses ?? [], read.Domains ?? [], read.Wildcards ?? [], read.Exclusions ?? []);
    }

    /// <summary>Reads conditions on the content; a list that is not there is empty.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ContentRules ReadContent(string json)
    {
        var read = JsonSerializer.Deserialize<ContentRules>(json, Options) ?? ContentRules.None;
        return read with { AnyOf = read.AnyOf ?? [], AllOf = read.AllOf ?? [], NoneOf = read.NoneOf ?? [] };
    }
}
