using System.Globalization;
using Microsoft.Net.Http.Headers;
using Switchboard.Core.Media;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>
/// <c>GET /api/media/{token}</c>: the file of an item, for anybody with its link. What the provider's bytes are is what browsers are told,
/// and they are not to guess anything else; only what can be looked at or listened to is opened in the page.
/// </summary>
internal sealed class GetMedia(EnrichmentStore items, IMediaStore files, SecretProtector secrets, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<FileStreamHttpResult, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/media/{token}");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("SMS", "Fetch the file of an item by the link that came with it")
            .Produces(200, contentType: "application/octet-stream").Refuses(404, 410, 416, 429, 503));
    }

    public override async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var now = timeProvider.GetUtcNow();
        if (!MediaToken.TryDecode(secrets, Route<string>("token"), out var token))
            return Problems.For(StatusCodes.Status404NotFound, "This is not a link to a file. GET /api/enrichments/{id} gives one.");
        if (token.HasEnded(now))
            return Problems.For(
                StatusCodes.Status410Gone, $"This link has ended. GET /api/enrichments/{token.ItemId} once more gives a new one.");

        var file = await items.FileAsync(token.ItemId, ct);
        if (file is null || await files.OpenAsync(file.Key, ct) is not { } content)
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
            content, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{token.ItemId:N}\""),
            enableRangeProcessing: content.CanSeek);
    }
}

/// <summary>The file of an item.</summary>
/// <param name="Key">Its name in the media store.</param>
/// <param name="ContentType">What its bytes are.</param>
/// <param name="SizeBytes">How many they are.</param>
internal sealed record KeptFile(string Key, string ContentType, long? SizeBytes)
{
    private static readonly string[] Shown = ["image/", "audio/", "video/"];

    /// <summary>
    /// <c>inline</c> for what a page shows or plays, <c>attachment</c> for all else: documents, and pictures that can run scripts.
    /// </summary>
    public string Disposition(Guid itemId)
    {
        var isShown = Shown.Any(kind => ContentType.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
            && !ContentType.StartsWith("image/svg", StringComparison.OrdinalIgnoreCase);
        return $"{(isShown ? "inline" : "attachment")}; filename=\"{itemId:N}{Extension()}\"";
    }

    // image/png -> .png; what has no short name gets none
    private string Extension()
    {
        var type = ContentType.Split(';')[0].Trim();
        var name = type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return type switch
        {
            "text/plain" => ".txt",
            "audio/mpeg" => ".mp3",
            _ when name.Length <= 5 && name.All(char.IsAsciiLetterOrDigit) => $".{name}",
            _ => "",
        };
    }
}
