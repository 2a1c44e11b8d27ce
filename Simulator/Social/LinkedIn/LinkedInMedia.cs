using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>
/// Images, videos and documents of LinkedIn: begun, put at an address, videos in parts that are then finished; processed after that.
/// </summary>
internal sealed class LinkedInMedia(SocialNetwork network)
{
    private const long PartBytes = 4 * 1_024 * 1_024;
    private const long MostImageBytes = 100L * 1_024 * 1_024;
    private const long MostVideoBytes = 5L * 1_024 * 1_024 * 1_024;

    public void Map(RouteGroupBuilder group, Func<HttpRequest, Func<SocialGrant, Task<IResult>>, Task<IResult>> rest)
    {
        foreach (var kind in (string[])["images", "videos", "documents"])
        {
            group.MapPost($"/rest/{kind}", (HttpRequest request) => rest(request, grant => ActAsync(request, grant, kind)));
            group.MapGet($"/rest/{kind}/{{urn}}", (HttpRequest request, string urn) =>
                rest(request, grant => Task.FromResult(Read(grant.Account, urn))));
        }

        // the address is all that it takes
        group.MapPut("/upload/{account}/{urn}/{part:int}", PutAsync);
    }

    /// <summary>What a post shows: media that are there, or a link.</summary>
    /// <returns>Null when one of the media is not there, or not ready.</returns>
    public static IReadOnlyList<SocialUpload>? Of(SocialNetwork network, SocialAccount account, JsonElement body, out string? link)
    {
        link = null;
        if (ControlBody.Child(body, "content") is not { ValueKind: JsonValueKind.Object } content)
        {
            return [];
        }

        if (ControlBody.Child(content, "article") is { } article)
        {
            link = ControlBody.Text(article, "source");
            return link is null ? null : [];
        }

        var elements = ControlBody.Child(content, "media") is { } one ? [one]
            : ControlBody.Child(content, "multiImage") is { } several
                && ControlBody.Child(several, "images") is { ValueKind: JsonValueKind.Array } images
                ? images.EnumerateArray().ToArray()
            : [];
        var uploads = elements.Select(element => network.Uploads.Find(ControlBody.Text(element, "id"), account))
            .OfType<SocialUpload>().Where(upload => upload.IsReady(network.Now)).ToArray();
        foreach (var (upload, element) in uploads.Zip(elements))
        {
            upload.AltText = ControlBody.Text(element, "altText");
        }

        return uploads.Length == elements.Length && uploads.Length is > 0 and <= 20 ? uploads : null;
    }

    private async Task<IResult> ActAsync(HttpRequest request, SocialGrant grant, string kind)
    {
        var body = await ControlBody.ReadAsync(request) ?? default;
        return (string?)request.Query["action"] switch
        {
            "initializeUpload" => ControlBody.Child(body, "initializeUploadRequest") is { } begin
                && LinkedInApi.MayBe(grant, ControlBody.Text(begin, "owner"))
                ? Begin(request, grant.Account, kind, begin)
                : LinkedInProblem.Denied,
            "finalizeUpload" when kind == "videos" => ControlBody.Child(body, "finalizeUploadRequest") is { } finish
                ? Finish(grant.Account, finish)
                : LinkedInProblem.Invalid("finalizeUploadRequest is required"),
            _ => LinkedInProblem.Invalid("action :: is not supported"),
        };
    }

    private IResult Begin(HttpRequest request, SocialAccount account, string kind, JsonElement begin)
    {
        var bytes = ControlBody.Child(begin, "fileSizeBytes") is { ValueKind: JsonValueKind.Number } size ? size.GetInt64() : 0;
        if (kind == "videos" && bytes is < 1 or > MostVideoBytes)
        {
            return LinkedInProblem.Invalid("fileSizeBytes :: is required, up to 5 GB");
        }

        var name = kind[..^1];
        var upload = network.Uploads.Add(
            new SocialUpload($"urn:li:{name}:{network.Uploads.NextNumber()}", account, network.Now)
            {
                Category = kind,
                AnnouncedBytes = bytes,
            });
        var until = network.Now.AddHours(1).ToUnixTimeMilliseconds();
        var address = $"{request.Scheme}://{request.Host}/social/linkedin/upload/{account.Id}/{Uri.EscapeDataString(upload.Id)}";
        var value = new JsonObject { ["uploadUrlExpiresAt"] = until, [name] = upload.Id };
        if (kind != "videos")
        {
            value["uploadUrl"] = $"{address}/0";
            return new JsonAnswer(new JsonObject { ["value"] = value });
        }

        var parts = Enumerable.Range(0, (int)((bytes + PartBytes - 1) / PartBytes)).Select(part => (JsonNode)new JsonObject
        {
            ["uploadUrl"] = string.Create(CultureInfo.InvariantCulture, $"{address}/{part}"),
            ["firstByte"] = part * PartBytes,
            ["lastByte"] = Math.Min(bytes, (part + 1) * PartBytes) - 1,
        });
        value["uploadInstructions"] = new JsonArray([.. parts]);
        value["uploadToken"] = "";
        return new JsonAnswer(new JsonObject { ["value"] = value });
    }

    private async Task<IResult> PutAsync(HttpRequest request, string account, string urn, int part)
    {
        if (network.Accounts.Find(account) is not { } owner || network.Uploads.Find(Uri.UnescapeDataString(urn), owner) is not { } upload)
        {
            return LinkedInProblem.NotFound;
        }

        var isVideo = upload.Category == "videos";
        var (bytes, type) = await FileType.ReadAsync(
            request.Body, isVideo ? PartBytes : MostImageBytes, request.HttpContext.RequestAborted);
        if (part == 0)
        {
            upload.ContentType = type;
        }

        upload.Parts[part] = bytes;
        if (!isVideo)
        {
            upload.Bytes = bytes;
            Process(upload, upload.Category == "images" ? "image/" : "application/");
        }

        request.HttpContext.Response.Headers.ETag = ETag(upload, part);
        return Results.StatusCode(isVideo ? 200 : 201);
    }

    private IResult Finish(SocialAccount account, JsonElement request)
    {
        if (network.Uploads.Find(ControlBody.Text(request, "video"), account) is not { } upload)
        {
            return LinkedInProblem.NotFound;
        }

        var tags = ControlBody.Child(request, "uploadedPartIds") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(tag => tag.GetString()?.Trim('"')).ToArray()
            : [];
        upload.Bytes = upload.Parts.Values.Sum();
        if (upload.Bytes != upload.AnnouncedBytes
            || !tags.SequenceEqual(Enumerable.Range(0, upload.Parts.Count).Select(part => ETag(upload, part).Trim('"'))))
        {
            return LinkedInProblem.Invalid("uploadedPartIds :: the parts are not those that were uploaded");
        }

        Process(upload, "video/");
        return Results.Ok();
    }

    private void Process(SocialUpload upload, string type)
    {
        if (upload.ContentType?.StartsWith(type, StringComparison.Ordinal) != true)
        {
            upload.Error = "The format is not supported.";
        }

        upload.ReadyAt = network.Now.AddSeconds(network.Settings.ProcessingSeconds);
    }

    private IResult Read(SocialAccount account, string urn) => network.Uploads.Find(Uri.UnescapeDataString(urn), account) is { } upload
        ? new JsonAnswer(new JsonObject
        {
            ["id"] = upload.Id,
            ["owner"] = $"urn:li:person:{account.Id}",
            ["status"] = upload.Error is not null ? "PROCESSING_FAILED"
                : upload.ReadyAt is null ? "WAITING_UPLOAD"
                : upload.IsReady(network.Now) ? "AVAILABLE" : "PROCESSING",
        })
        : LinkedInProblem.NotFound;

    private static string ETag(SocialUpload upload, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"\"/ambry-video/signedId/{upload.Id.Replace(':', '-')}-{part}\"");
}
