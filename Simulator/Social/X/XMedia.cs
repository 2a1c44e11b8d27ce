using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>Media of X: begun with a size, appended in segments, finished; videos are processed after that.</summary>
internal sealed class XMedia(SocialNetwork network)
{
    private const int MostSegmentBytes = 5 * 1_024 * 1_024;
    private const long MostImageBytes = 5 * 1_024 * 1_024;
    private const long MostVideoBytes = 512L * 1_024 * 1_024;

    public void Map(RouteGroupBuilder group, Func<HttpRequest, Func<SocialGrant, Task<IResult>>, Task<IResult>> with)
    {
        group.MapPost("/2/media/upload/initialize", (HttpRequest request) =>
            with(request, grant => InitializeAsync(request, grant.Account)));
        group.MapPost(
            "/2/media/upload/{id}/append",
            (HttpRequest request, string id) => with(request, grant => AppendAsync(request, grant.Account, id)));
        group.MapPost(
            "/2/media/upload/{id}/finalize",
            (HttpRequest request, string id) => with(request, grant => Task.FromResult<IResult>(Finish(grant.Account, id))));
        group.MapGet("/2/media/upload", (HttpRequest request) =>
            with(request, grant => Task.FromResult<IResult>(Status(request, grant.Account))));
        group.MapPost("/2/media/metadata", (HttpRequest request) => with(request, grant => DescribeAsync(request, grant.Account)));
    }

    private async Task<IResult> InitializeAsync(HttpRequest request, SocialAccount account)
    {
        if (await ControlBody.ReadAsync(request) is not { ValueKind: JsonValueKind.Object } body
            || ControlBody.Text(body, "media_type") is not { } type
            || ControlBody.Child(body, "total_bytes") is not { ValueKind: JsonValueKind.Number } size
            || !size.TryGetInt64(out var bytes) || bytes < 1)
        {
            return XProblem.Invalid("total_bytes", "media_type and total_bytes are required.");
        }

        if (bytes > (type.StartsWith("video/", StringComparison.Ordinal) ? MostVideoBytes : MostImageBytes))
        {
            return XProblem.Invalid("total_bytes", "The media is too large.");
        }

        return Answer(network.Uploads.Add(new SocialUpload(network.Uploads.NextNumber(), account, network.Now)
        {
            Category = type,
            AnnouncedBytes = bytes,
        }));
    }

    private async Task<IResult> AppendAsync(HttpRequest request, SocialAccount account, string id)
    {
        if (network.Uploads.Find(id, account) is not { ReadyAt: null } upload)
        {
            return XProblem.Invalid("id", "The media id is not valid.");
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (!int.TryParse(form["segment_index"], NumberStyles.None, CultureInfo.InvariantCulture, out var segment) || segment > 999
            || form.Files["media"] is not { Length: <= MostSegmentBytes } file)
        {
            return XProblem.Invalid("media", "segment_index and media of up to 5 MB are required.");
        }

        await using var stream = file.OpenReadStream();
        var (bytes, type) = await FileType.ReadAsync(stream, MostSegmentBytes, request.HttpContext.RequestAborted);
        upload.Parts[segment] = bytes;
        if (segment == 0)
        {
            upload.ContentType = type;
        }

        return new JsonAnswer(new JsonObject
        {
            ["data"] = new JsonObject { ["expires_at"] = upload.CreatedAt.AddDays(1).ToUnixTimeSeconds() },
        });
    }

    private JsonAnswer Finish(SocialAccount account, string id)
    {
        if (network.Uploads.Find(id, account) is not { } upload)
        {
            return XProblem.Invalid("id", "The media id is not valid.");
        }

        upload.Bytes = upload.Parts.Values.Sum();
        if (upload.Bytes != upload.AnnouncedBytes || upload.ContentType?.Split('/')[0] != upload.Category?.Split('/')[0])
        {
            return XProblem.Invalid("id", "The media is not whole, or not what it was said to be.");
        }

        upload.ReadyAt ??= upload.IsVideo ? network.Now.AddSeconds(network.Settings.ProcessingSeconds) : network.Now;
        return Answer(upload);
    }

    private JsonAnswer Status(HttpRequest request, SocialAccount account) =>
        request.Query["command"] == "STATUS" && network.Uploads.Find(request.Query["media_id"], account) is { ReadyAt: not null } upload
            ? Answer(upload)
            : XProblem.Invalid("media_id", "The media id is not valid.");

    private async Task<IResult> DescribeAsync(HttpRequest request, SocialAccount account)
    {
        if (await ControlBody.ReadAsync(request) is not { ValueKind: JsonValueKind.Object } body
            || network.Uploads.Find(ControlBody.Text(body, "id"), account) is not { } upload)
        {
            return XProblem.Invalid("id", "The media id is not valid.");
        }

        upload.AltText = ControlBody.Child(body, "metadata") is { } metadata && ControlBody.Child(metadata, "alt_text") is { } alternative
            ? ControlBody.Text(alternative, "text")
            : null;
        return Answer(upload);
    }

    private JsonAnswer Answer(SocialUpload upload)
    {
        var data = new JsonObject { ["id"] = upload.Id, ["media_key"] = $"3_{upload.Id}", ["expires_after_secs"] = 86_400 };
        if (upload.Bytes > 0)
        {
            data["size"] = upload.Bytes;
        }

        if (upload is { IsVideo: true, ReadyAt: { } readyAt })
        {
            var left = (int)Math.Ceiling((readyAt - network.Now).TotalSeconds);
            data["processing_info"] = left > 0
                ? new JsonObject { ["state"] = "in_progress", ["check_after_secs"] = left, ["progress_percent"] = 50 }
                : new JsonObject { ["state"] = "succeeded", ["progress_percent"] = 100 };
        }

        return new(new JsonObject { ["data"] = data });
    }
}
