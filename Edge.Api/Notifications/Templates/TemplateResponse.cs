using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Edge.Api.Notifications.Templates;

/// <summary>A template as a list shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">The user's own name of it.</param>
/// <param name="Kind">template or layout.</param>
/// <param name="LatestVersion">The newest version, published or not.</param>
/// <param name="PublishedVersion">The version that is sent; null while nothing was published.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed, published or rolled back last.</param>
internal sealed record TemplateSummary(
    Guid Id, string Key, string Kind, int LatestVersion, int? PublishedVersion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "t.id, t.key, t.kind, t.latest_version, t.published_version, t.created_at, t.updated_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static TemplateSummary Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.Nullable<int>(4), row.GetFieldValue<DateTimeOffset>(5),
        row.GetFieldValue<DateTimeOffset>(6));
}

/// <summary>A version of a template, without what it says.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="PublishedAt">When it was published first; null for a draft.</param>
internal sealed record VersionSummary(int Version, DateTimeOffset CreatedAt, DateTimeOffset? PublishedAt);

/// <summary>A template with one of its versions.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">The user's own name of it.</param>
/// <param name="Kind">template or layout.</param>
/// <param name="LatestVersion">The newest version, published or not.</param>
/// <param name="PublishedVersion">The version that is sent; null while nothing was published.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed, published or rolled back last.</param>
/// <param name="Version">Which version this is.</param>
/// <param name="Category">What its messages are about.</param>
/// <param name="Layout">The key of the layout that it is put into.</param>
/// <param name="Variants">What it says on each channel and in each language.</param>
/// <param name="Versions">All versions that are kept, the newest first.</param>
internal sealed record TemplateResponse(
    Guid Id,
    string Key,
    string Kind,
    int LatestVersion,
    int? PublishedVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int Version,
    string? Category,
    string? Layout,
    IReadOnlyList<VariantResponse> Variants,
    IReadOnlyList<VersionSummary> Versions)
{
    public static TemplateResponse Of(TemplateSummary template, PublishedTemplate version, IReadOnlyList<VersionSummary> versions) => new(
        template.Id, template.Key, template.Kind, template.LatestVersion, template.PublishedVersion, template.CreatedAt, template.UpdatedAt,
        version.Version, version.Category, version.LayoutKey, [.. version.Variants.Select(VariantResponse.Of)], versions);
}

/// <summary>What a template says on a channel and in a language.</summary>
internal sealed record VariantResponse(
    string? Channel, string? Locale, string? Subject, string? Text, string? Html, WhatsAppTemplate? Whatsapp)
{
    public static VariantResponse Of(TemplateVariant variant) =>
        new(variant.Channel, variant.Locale, variant.Subject, variant.Text, variant.Html, variant.WhatsApp);
}
