using System.Globalization;
using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Core.Sms.Media;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>
/// <c>GET /api/media/{token}</c>: the file of an item, for who has its link. What the provider's bytes are is what browsers are told,
/// and they are not to guess anything else; only what can be looked at or listened to is opened in the page.
/// </summary>
internal sealed class GetMedia(NpgsqlDataSource database, IMediaStore store, SecretProtector secrets, TimeProvider clock)
    : EndpointWithoutRequest<Results<FileStreamHttpResult, ProblemHttpResult>>
{
    private const string Sql =
        """
        SELECT storage_key, content_type, size_bytes
        FROM enrichment_items
        WHERE id = $1 AND status = 'completed' AND storage_key IS NOT NULL
        """;

    public override void Configure()
    {
        Get("/api/media/{token}");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Texts", "Fetch the file of an item by the link that came with it")
            .Produces(200, contentType: "application/octet-stream").Refuses(404, 410, 416, 429, 503));
    }

    public override async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!MediaToken.TryDecode(secrets, Route<string>("token"), out var token))
            return Problems.For(StatusCodes.Status404NotFound, "This is not a link to a file. GET /api/enrichments/{id} gives one.");
        if (token.HasEnded(now))
            return Problems.For(
                StatusCodes.Status410Gone, $"This link has ended. GET /api/enrichments/{token.ItemId} once more gives a new one.");

        var file = await database.Command(Sql, token.ItemId).FirstAsync(KeptFile.Read, ct);
        if (file is null || await store.OpenAsync(file.Key, ct) is not { } content)
            return Problems.For(StatusCodes.Status404NotFound, "This file is not kept any more.");

        var answer = HttpContext.Response;
        answer.Headers.XContentTypeOptions = "nosniff";
        answer.Headers.CacheControl = string.Create(
            CultureInfo.InvariantCulture, $"private, max-age={(int)(token.ExpiresAt - now).TotalSeconds}");
        answer.Headers.ContentDisposition = file.Disposition(token.ItemId);
        if (!content.CanSeek)
            answer.ContentLength = file.SizeBytes;
        // a file stays as it is under its item, so parts of it fit together
        return TypedResults.Stream(
            content, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{token.ItemId:N}\""), enableRangeProcessing: content.CanSeek);
    }
}
