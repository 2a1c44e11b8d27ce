using System.Text.Json.Serialization;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>An item, and where its file can be fetched.</summary>
internal sealed record EnrichmentDetail : EnrichmentResponse
{
    private EnrichmentDetail(EnrichmentResponse item, MediaLink? media)
        : base(item) => Media = media;

    /// <summary>Null when there is no file, or not yet.</summary>
    [JsonPropertyOrder(1)]
    public MediaLink? Media { get; }

    private const string Sql =
        $"""
        SELECT {Columns}, i.storage_key IS NOT NULL
        FROM enrichment_items i
        LEFT JOIN sms_messages m ON m.id = i.message_id
        WHERE i.id = $1 AND i.user_id = $2
        """;

    /// <summary>Finds an item of the user.</summary>
    public static Task<EnrichmentDetail?> FindAsync(
        NpgsqlDataSource database, MediaLinks links, HttpRequest request, Guid id, Guid userId, CancellationToken cancellation) =>
        database.Command(Sql, id, userId).FirstAsync(row => Read(row, links, request), cancellation);

    private static EnrichmentDetail Read(NpgsqlDataReader row, MediaLinks links, HttpRequest request)
    {
        var item = Read(row);
        var hasFile = item.Status == EnrichmentStatus.Completed && row.GetBoolean(ColumnCount);
        return new(item, hasFile ? links.For(item, request) : null);
    }
}
