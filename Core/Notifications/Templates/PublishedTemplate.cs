using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>What a template says on a channel and in a language: sources in Liquid.</summary>
public sealed record TemplateVariant
{
    /// <summary>The name of its channel, one of <see cref="Channels.Names"/>; null for every channel that has none of its own.</summary>
    public string? Channel { get; init; }

    /// <summary>Its language, as <c>de-AT</c> or <c>de</c>; null for every language that has none of its own.</summary>
    public string? Locale { get; init; }

    /// <summary>The subject of a mail, the title of a push message.</summary>
    public string? Subject { get; init; }

    /// <summary>The plain text; null where it is made from the HTML.</summary>
    public string? Text { get; init; }

    /// <summary>The HTML of a mail.</summary>
    public string? Html { get; init; }

    /// <summary>A template that WhatsApp has approved, to be sent there in place of the text.</summary>
    [JsonPropertyName("whatsapp")]
    public WhatsAppTemplate? WhatsApp { get; init; }

    /// <summary>As they are stored.</summary>
    public static string Write(IReadOnlyList<TemplateVariant> variants) =>
        JsonSerializer.Serialize(variants, TemplateJson.Default.IReadOnlyListTemplateVariant);

    /// <summary>Its sources, each with the name of its field.</summary>
    public IEnumerable<(string Field, string Source)> Sources()
    {
        if (Subject is not null)
            yield return ("subject", Subject);
        if (Text is not null)
            yield return ("text", Text);
        if (Html is not null)
            yield return ("html", Html);
        for (var i = 0; i < (WhatsApp?.Parameters.Count ?? 0); i++)
            yield return ($"whatsapp.parameters[{i}]", WhatsApp!.Parameters[i]);
    }
}

/// <summary>A template of WhatsApp, and what fills it.</summary>
/// <param name="Name">Its name at WhatsApp.</param>
/// <param name="Language">Its language, in WhatsApp's form (<c>en_US</c>).</param>
/// <param name="Parameters">What its body is filled with, in order; each in Liquid.</param>
public sealed record WhatsAppTemplate(string Name, string Language, IReadOnlyList<string> Parameters);

/// <summary>The published version of a template. It keeps what was compiled of it, so one instance is to be shared.</summary>
[ImmutableObject(true)]
public sealed record PublishedTemplate
{
    /// <summary>Its user's name of it.</summary>
    public required string Key { get; init; }

    /// <summary>Which version of it this is.</summary>
    public required int Version { get; init; }

    /// <summary>Whether it is a layout: what other templates are put into.</summary>
    public bool IsLayout { get; init; }

    /// <summary>What its messages are about, where a call does not say it.</summary>
    public string? Category { get; init; }

    /// <summary>The key of the layout that it is put into.</summary>
    public string? LayoutKey { get; init; }

    /// <summary>What it says on each channel and in each language.</summary>
    public required IReadOnlyList<TemplateVariant> Variants { get; init; }

    /// <summary>The published version of its layout; null if it has none, or that one is not published.</summary>
    [JsonIgnore]
    public PublishedTemplate? Layout { get; init; }

    /// <summary>The columns of a version <c>v</c> of a template <c>t</c>, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "t.key, v.version, t.kind = 'layout', v.category, v.layout, v.variants";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static PublishedTemplate Read(NpgsqlDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new()
        {
            Key = row.GetString(0),
            Version = row.GetInt32(1),
            IsLayout = row.GetBoolean(2),
            Category = row.Text(3),
            LayoutKey = row.Text(4),
            Variants = JsonSerializer.Deserialize(row.GetString(5), TemplateJson.Default.IReadOnlyListTemplateVariant) ?? [],
        };
    }

    // of each source; whoever comes first compiles it
    [JsonIgnore]
    internal ConcurrentDictionary<string, LiquidTemplate> Compiled { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The variant for a channel and a language. Languages go from the exact one over its base to the default; in each the channel's own
    /// variant goes before that for all channels.
    /// </summary>
    /// <param name="channel">The name of the channel.</param>
    /// <param name="locale">The language, as <c>de-AT</c>; null for the default.</param>
    public TemplateVariant? Find(string channel, string? locale)
    {
        foreach (var language in TemplateLocale.Fallbacks(locale))
        {
            if (Of(channel, language) is { } own)
                return own;
            if (Of(null, language) is { } shared)
                return shared;
        }

        return null;
    }

    private TemplateVariant? Of(string? channel, string? locale)
    {
        foreach (var variant in Variants)
            if (variant.Channel == channel && string.Equals(variant.Locale, locale, StringComparison.OrdinalIgnoreCase))
                return variant;
        return null;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<TemplateVariant>))]
internal sealed partial class TemplateJson : JsonSerializerContext;
