using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Switchboard.Simulator.Social;

/// <summary>What is posted at an instance of Mastodon, and its media.</summary>
internal sealed class MastodonStatuses(SocialNetwork network, Func<HttpRequest, SocialAccount, JsonObject> describeAccount)
{
    public const long MostImageBytes = 16 * 1_024 * 1_024;
    public const long MostVideoBytes = 99L * 1_024 * 1_024;
    private const int MostMedia = 4;
    private static readonly TimeSpan KeyLife = TimeSpan.FromHours(1);
    private static readonly string[] Write = ["write", "write:statuses"];
    private static readonly string[] Read = ["read", "read:statuses"];
    private static readonly string[] WriteMedia = ["write", "write:media"];

    public void Map(RouteGroupBuilder group, Func<HttpRequest, string[], Func<SocialGrant, Task<IResult>>, Task<IResult>> with)
    {
        group.MapPost("/api/v1/statuses", (HttpRequest request) => with(request, Write, grant => PostAsync(request, grant.Account)));
        group.MapGet("/api/v1/statuses/{id}", (HttpRequest request, string id) =>
            with(request, Read, grant => Found(grant, id, post => Describe(request, post))));
        group.MapGet("/api/v1/statuses/{id}/source", (HttpRequest request, string id) => with(request, Read, grant => Found(
            grant, id, post => new JsonObject { ["id"] = post.Id, ["text"] = post.Text, ["spoiler_text"] = "" })));
        group.MapDelete("/api/v1/statuses/{id}", (HttpRequest request, string id) => with(request, Write, grant => Found(grant, id, post =>
        {
            network.Posts.Delete(network.Name, grant.Account.Id, id);
            return Describe(request, post);
        })));
        group.MapGet("/api/v1/accounts/{id}/statuses", (HttpRequest request, string id) =>
            with(request, Read, _ => Task.FromResult<IResult>(List(request, id))));
        group.MapPost("/api/v2/media", (HttpRequest request) => with(request, WriteMedia, grant => UploadAsync(request, grant.Account)));
        group.MapGet("/api/v1/media/{id}", (HttpRequest request, string id) => with(request, WriteMedia, grant => Task.FromResult<IResult>(
            network.Uploads.Find(id, grant.Account) is { } upload ? Media(upload, 206) : MastodonApi.Error(404, "Record not found"))));
    }

    private async Task<IResult> PostAsync(HttpRequest request, SocialAccount account)
    {
        var form = await MastodonForm.ReadAsync(request);
        var text = form["status"] ?? "";
        var ids = form.All("media_ids");
        var uploads = ids.Select(id => network.Uploads.Find(id, account)).OfType<SocialUpload>().ToArray();
        var problem = text.Length == 0 && ids.Count == 0 ? "Validation failed: Text can't be blank"
            : PostLength.Mastodon(text + form["spoiler_text"]) > network.Settings.MaxCharacters
                ? $"Validation failed: Text character limit of {network.Settings.MaxCharacters} exceeded"
            : ids.Count > MostMedia ? $"Cannot attach more than {MostMedia} files"
            : uploads.Length < ids.Count ? "Validation failed: Media attachments not found"
            : !Array.TrueForAll(uploads, upload => upload.IsReady(network.Now))
                ? "Cannot attach files that have not finished processing. Try again in a moment!"
            : uploads.Length > 1 && Array.Exists(uploads, upload => upload.IsVideo)
                ? "Cannot attach a video to a post that already contains images"
            : form["scheduled_at"] is not null ? "Validation failed: Scheduled at is not simulated"
            : null;
        if (problem is not null)
        {
            return MastodonApi.Error(422, problem);
        }

        var key = (string?)request.Headers["Idempotency-Key"] is { Length: > 0 } given ? given : null;
        var (visibility, language) = (form["visibility"] ?? "public", form["language"]);
        var (post, _) = network.Posts.Add(
            network.Name, account,
            new NewPost(text)
            {
                Key = key,
                Media = uploads,
                Body = (_, _) => new JsonObject
                {
                    ["visibility"] = visibility,
                    ["language"] = language,
                    ["spoiler_text"] = form["spoiler_text"] ?? "",
                },
            },
            sequence => sequence.ToString(CultureInfo.InvariantCulture),
            posts => key is null ? null
                : posts.LastOrDefault(post => post.Key == key && post.DeletedAt is null && network.Now - post.At < KeyLife));
        return new JsonAnswer(Describe(request, post));
    }

    private Task<IResult> Found(SocialGrant grant, string id, Func<SocialPost, JsonObject> answer) => Task.FromResult<IResult>(
        network.Posts.Find(network.Name, grant.Account.Id, id) is { } post
            ? new JsonAnswer(answer(post))
            : MastodonApi.Error(404, "Record not found"));

    private JsonAnswer List(HttpRequest request, string id)
    {
        var limit = int.TryParse(request.Query["limit"], out var asked) ? Math.Clamp(asked, 1, 40) : 20;
        var posts = network.Posts.Of(network.Name, id)
            .Where(post => Compare("max_id", post) < 0 && Compare("since_id", post) > 0 && Compare("min_id", post) > 0).Take(limit);
        return new(new JsonArray([.. posts.Select(post => (JsonNode)Describe(request, post))]));

        // of a bound that is not given: within it
        int Compare(string name, SocialPost post) => long.TryParse(request.Query[name], out var bound)
            ? post.Sequence.CompareTo(bound)
            : name == "max_id" ? -1 : 1;
    }

    private JsonObject Describe(HttpRequest request, SocialPost post)
    {
        var account = describeAccount(request, post.Account);
        var status = (JsonObject)post.Body.DeepClone();
        status["id"] = post.Id;
        status["created_at"] = JsonAnswer.Time(post.At);
        status["url"] = $"{account["url"]}/{post.Id}";
        status["uri"] = $"{request.Scheme}://{request.Host}/users/{post.Account.Handle}/statuses/{post.Id}";
        status["content"] = Html(post.Text);
        status["account"] = account;
        status["media_attachments"] = new JsonArray([.. post.Media.Select(upload => (JsonNode)Describe(upload))]);
        return status;
    }

    // paragraphs, and links of which a part is shown
    private static string Html(string text)
    {
        var html = PostLength.ReplaceLinks(WebUtility.HtmlEncode(text), link =>
        {
            var rest = link.Value[(link.Value.IndexOf("//", StringComparison.Ordinal) + 2)..];
            var (shown, hidden) = rest.Length > 30 ? (rest[..30], rest[30..]) : (rest, "");
            return $"<a href=\"{link.Value}\" target=\"_blank\" rel=\"nofollow noopener noreferrer\" translate=\"no\"><span class=\"invisible\">"
                + $"{link.Value[..^rest.Length]}</span><span class=\"{(hidden.Length > 0 ? "ellipsis" : "")}\">{shown}</span>"
                + $"<span class=\"invisible\">{hidden}</span></a>";
        });
        return $"<p>{html.Replace("\n\n", "</p><p>", StringComparison.Ordinal).Replace("\n", "<br />", StringComparison.Ordinal)}</p>";
    }

    private async Task<IResult> UploadAsync(HttpRequest request, SocialAccount account)
    {
        var form = await MastodonForm.ReadAsync(request);
        if (form.File is null)
        {
            return MastodonApi.Error(422, "Validation failed: File can't be blank");
        }

        await using var stream = form.File.OpenReadStream();
        var (bytes, type) = await FileType.ReadAsync(stream, MostVideoBytes, request.HttpContext.RequestAborted);
        if (type is null or "application/pdf")
        {
            return MastodonApi.Error(422, "Validation failed: File content type is invalid");
        }

        var isImage = type.StartsWith("image/", StringComparison.Ordinal);
        if (bytes > (isImage ? MostImageBytes : MostVideoBytes))
        {
            return MastodonApi.Error(422, "Validation failed: File must be less than the limit");
        }

        var upload = network.Uploads.Add(new SocialUpload(network.Uploads.NextNumber(), account, network.Now)
        {
            ContentType = type,
            Bytes = bytes,
            AltText = form["description"],
            // images are done when the answer comes
            ReadyAt = isImage ? network.Now : network.Now.AddSeconds(network.Settings.ProcessingSeconds),
        });
        return Media(upload, 202);
    }

    private JsonAnswer Media(SocialUpload upload, int statusUntilReady) =>
        new(Describe(upload), upload.IsReady(network.Now) ? 200 : statusUntilReady);

    private JsonObject Describe(SocialUpload upload) => new()
    {
        ["id"] = upload.Id,
        ["type"] = upload.IsVideo ? "video" : "image",
        ["url"] = upload.IsReady(network.Now) ? $"https://mastodon.example/media/{upload.Id}" : null,
        ["description"] = upload.AltText,
    };
}
