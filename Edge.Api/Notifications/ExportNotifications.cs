using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FluentValidation;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>Which notifications to export, and as what.</summary>
internal sealed class ExportNotificationsRequest : INotificationFilter
{
    /// <inheritdoc/>
    [QueryParam]
    public string? Status { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public string? Channel { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public DateTimeOffset? Since { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public DateTimeOffset? Until { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public string? Category { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public Guid? NotifyId { get; set; }

    /// <inheritdoc/>
    [QueryParam]
    public string? Recipient { get; set; }

    /// <summary>Go on after the notification of this id: the last one that arrived of an export that was cut off.</summary>
    [QueryParam]
    public Guid? After { get; set; }

    /// <summary>ndjson or csv; left out, what the header Accept prefers, or else ndjson.</summary>
    [QueryParam]
    public string? Format { get; set; }
}

internal sealed class ExportNotificationsValidator : Validator<ExportNotificationsRequest>
{
    public ExportNotificationsValidator()
    {
        this.FilterRules();
        RuleFor(request => request.Format).OneOf(ExportNotifications.Formats).When(request => request.Format is not null);
    }
}

/// <summary>
/// <c>GET /api/notifications/export</c>: all of the user's notifications that the list would show, newest first. Each statement reads a
/// page by the key, whatever of it is asked for, and is over before the page is sent: no statement takes long, however rare what is asked
/// for, and a caller who takes hours holds neither a connection nor a snapshot of the database.
/// </summary>
internal sealed class ExportNotifications(ReadDatabase database, QueryMonitor queries, IOptions<JsonOptions> json)
    : Endpoint<ExportNotificationsRequest>
{
    public static readonly string[] Formats = [Ndjson, Csv];

    private const string Ndjson = "ndjson";
    private const string Csv = "csv";
    private const int PageSize = 1_000;
    private const int FlushBytes = 64 * 1024;

    // all exports of the process read by so few connections at once: those of one user, however many, leave the rest to the others
    private static readonly SemaphoreSlim Reading = new(3);

    // The last row of a page comes also when it is not asked for: from there the next page goes on. By idx_user_notifications.
    private const string Sql =
        $"""
        WITH page AS MATERIALIZED (
            SELECT {NotificationResponse.Columns}, n.metadata FROM notifications n
            WHERE n.user_id = $1 AND ($2::uuid IS NULL OR n.id < $2) AND ($3::uuid IS NULL OR n.id > $3)
            ORDER BY n.id DESC
            LIMIT $4
        )
        SELECT {NotificationResponse.Columns}, met.is_asked_for, (SELECT count(*) FROM page)
        FROM page n CROSS JOIN LATERAL (
            SELECT ($5::text IS NULL OR n.delivery_status = $5) AND ($6::text IS NULL OR n.channel = $6)
               AND ($7::timestamptz IS NULL OR n.created_at >= $7) AND ($8::timestamptz IS NULL OR n.created_at < $8)
               AND ($9::jsonb IS NULL OR coalesce(n.metadata @> $9::jsonb, false)) AS is_asked_for
        ) AS met
        WHERE met.is_asked_for OR n.id = (SELECT id FROM page ORDER BY id LIMIT 1)
        ORDER BY n.id DESC
        """;

    public override void Configure()
    {
        Get("/api/notifications/export");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "Export notifications as NDJSON or CSV, newest first")
            .Produces<string>(200, MediaTypeOf(Ndjson), MediaTypeOf(Csv)).Refuses(400, 401, 403, 429, 503));
    }

    public override async Task HandleAsync(ExportNotificationsRequest request, CancellationToken ct)
    {
        await using var pages = ReadAsync(HttpContext.Caller().UserId, request, ct).GetAsyncEnumerator(ct);
        // the first before anything is said: a database that is away is still a 503
        var isMore = await pages.MoveNextAsync();
        var format = request.Format ?? Preferred(HttpContext.Request);
        HttpContext.Response.ContentType = MediaTypeOf(format);
        HttpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"notifications.{format}\"";

        var output = HttpContext.Response.BodyWriter;
        using var writer = new Utf8JsonWriter(output, new() { Encoder = json.Value.SerializerOptions.Encoder, SkipValidation = true });
        if (format == Csv && request.After is null)
        {
            CsvRow.Write(
                output, "id", "channel", "recipient", "body", "deliveryStatus", "priority", "source", "createdAt", "sentAt", "deliveredAt");
        }

        for (; isMore; isMore = await pages.MoveNextAsync())
        {
            foreach (var item in pages.Current)
            {
                if (format == Csv)
                    WriteCsv(output, item);
                else
                    WriteJson(output, writer, item);
                if (output.UnflushedBytes > FlushBytes)
                    await output.FlushAsync(ct);
            }

            await output.FlushAsync(ct);
        }
    }

    private static string MediaTypeOf(string format) => format == Csv ? "text/csv" : "application/x-ndjson";

    private static string Preferred(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1)
            .Select(type => Array.Find(Formats, format => type.MediaType == MediaTypeOf(format)))
            .FirstOrDefault(format => format is not null)
        ?? Ndjson;

    private static void WriteCsv(PipeWriter output, NotificationResponse item) => CsvRow.Write(
        output, item.Id.ToString(), item.Channel, item.Recipient, item.Body, DeliveryStatuses.Name(item.DeliveryStatus),
        JobQueue.NameOf(item.Priority), item.Source, Time(item.CreatedAt), Time(item.SentAt), Time(item.DeliveredAt));

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture) ?? "";

    private void WriteJson(PipeWriter output, Utf8JsonWriter writer, NotificationResponse item)
    {
        JsonSerializer.Serialize(writer, item, json.Value.SerializerOptions);
        writer.Reset();
        output.Write("\n"u8);
    }

    // a page of rows in which none is asked for is read over
    private async IAsyncEnumerable<IReadOnlyList<NotificationResponse>> ReadAsync(
        Guid userId, ExportNotificationsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isMore = true;
        for (var after = request.After ?? (request.Until is { } until ? TimeOrderedId.After(until) : null); isMore;)
        {
            var rows = await ReadPageAsync(userId, after, request, cancellationToken);
            isMore = rows.Count > 0 && rows[^1].PageCount == PageSize;
            after = rows.Count > 0 ? rows[^1].Item.Id : null;
            yield return [.. rows.Where(row => row.IsAskedFor).Select(row => row.Item)];
        }
    }

    private async Task<List<Row>> ReadPageAsync(
        Guid userId, Guid? after, ExportNotificationsRequest request, CancellationToken cancellationToken)
    {
        await Reading.WaitAsync(cancellationToken);
        try
        {
            return await database.ReadAsync(
                userId,
                source => queries.RunAsync(
                    "notifications-export",
                    source.Command(
                        Sql, userId, after, request.Since is { } since ? TimeOrderedId.Before(since) : null, PageSize,
                        request.Status, request.Channel, request.Since, request.Until, request.Metadata()),
                    (command, ct) => command.ListAsync(Row.Read, ct),
                    cancellationToken),
                cancellationToken);
        }
        finally
        {
            Reading.Release();
        }
    }

    private readonly record struct Row(NotificationResponse Item, bool IsAskedFor, long PageCount)
    {
        public static Row Read(NpgsqlDataReader row) => new(
            NotificationResponse.Read(row),
            row.GetBoolean(NotificationResponse.ColumnCount),
            row.GetInt64(NotificationResponse.ColumnCount + 1));
    }
}
