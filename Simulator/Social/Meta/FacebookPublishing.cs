using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Simulator.Social;

/// <summary>What is posted to a page of Facebook: texts with links, photos that were uploaded before, videos.</summary>
internal sealed class FacebookPublishing(SocialNetwork network, MediaFetcher fetcher)
{
    private const string Manage = "pages_manage_posts";
    private const int LongestMessage = 63_206;
    private const int MostPhotos = 10;
    private const long MostPhotoBytes = 10 * 1_024 * 1_024;
    private const long MostVideoBytes = 1_024L * 1_024 * 1_024;

    /// <summary><c>POST /{page}/feed</c>.</summary>
    public IResult Feed(MetaCall call, SocialGrant page)
    {
        var ids = Attached(call);
        var photos = ids.Select(id => network.Uploads.Find(id, page.Account)).OfType<SocialUpload>().ToArray();
        return photos.Length < ids.Count ? MetaProblem.Invalid("A photo of attached_media does not exist.")
            : ids.Count > MostPhotos ? MetaProblem.Invalid($"A post has up to {MostPhotos} photos.")
            : Array.Exists(photos, photo => photo.PublishedAs is not null)
                ? new MetaProblem(400, 1366046, "Your photos couldn't be uploaded: one of them is in another post.")
            : Post(page, call["message"] ?? "", call["link"], photos);
    }

    /// <summary><c>POST /{page}/photos</c>: not published, it waits for a post.</summary>
    public async Task<IResult> PhotoAsync(MetaCall call, SocialGrant page)
    {
        if (!page.Allows(Manage))
        {
            return MetaProblem.Denied(Manage);
        }

        if (await ReadAsync(call, "url", MostPhotoBytes) is not var (bytes, type))
        {
            return new MetaProblem(400, 324, "Missing or invalid image file", 1366055);
        }

        if (bytes > MostPhotoBytes || type?.StartsWith("image/", StringComparison.Ordinal) != true)
        {
            return new MetaProblem(
                400, 324, "Your photos couldn't be uploaded. Photos should be less than 10 MB and saved as JPG, PNG, GIF or WebP.",
                2069019);
        }

        var photo = network.Uploads.Add(new SocialUpload(NewId(), page.Account, network.Now)
        {
            Bytes = bytes,
            ContentType = type,
            ReadyAt = network.Now,
            AltText = call["alt_text_custom"],
            Url = call["url"],
        });
        return call["published"] is "false" or "False" or "0"
            ? new JsonAnswer(new JsonObject { ["id"] = photo.Id })
            : Post(page, call["caption"] ?? call["message"] ?? "", null, [photo]);
    }

    /// <summary><c>POST /{page}/videos</c>: published at once.</summary>
    public async Task<IResult> VideoAsync(MetaCall call, SocialGrant page) =>
        await ReadAsync(call, "file_url", MostVideoBytes) is not var (bytes, type)
            ? new MetaProblem(400, 389, "Unable to fetch video file from URL.")
        : bytes > MostVideoBytes || type?.StartsWith("video/", StringComparison.Ordinal) != true
            ? new MetaProblem(400, 352, "The video file you selected is in a format that we don't support.")
        : Post(page, call["description"] ?? "", null,
            [
                new SocialUpload(NewId(), page.Account, network.Now)
                {
                    Bytes = bytes, ContentType = type, ReadyAt = network.Now, Url = call["file_url"],
                },
            ]);

    private IResult Post(SocialGrant page, string message, string? link, SocialUpload[] media)
    {
        var account = page.Account;
        var problem = !page.Allows(Manage) ? new(403, 200, "(#200) The page token has no permission pages_manage_posts.")
            : account.State == SocialAccountState.Suspended ? MetaProblem.Fault(null, "368")
            : account.State == SocialAccountState.Limited ? MetaProblem.Fault(null, "32")
            : message.Length == 0 && string.IsNullOrEmpty(link) && media.Length == 0 ? MetaProblem.Invalid("The post is empty.")
            : PostLength.CodePoints(message) > LongestMessage ? MetaProblem.Invalid("The message is too long.")
            : link is { Length: > 0 } && !Uri.IsWellFormedUriString(link, UriKind.Absolute)
                ? new(400, 1609005, "(#1609005) The link could not be scraped.")
            : network.IsDuplicate(account, message) ? MetaProblem.Fault(null, "506")
            : null;
        if (problem is not null)
        {
            return problem;
        }

        var post = network.Posts.Add(network.Name, account, new NewPost(message)
        {
            Link = string.IsNullOrEmpty(link) ? null : link,
            Media = media,
            Body = (id, at) => new JsonObject
            {
                ["id"] = id,
                ["message"] = message,
                ["created_time"] = JsonAnswer.GraphTime(at),
                ["permalink_url"] = $"https://www.facebook.com/{id.Replace('_', '/')}",
            },
        }, sequence => string.Create(CultureInfo.InvariantCulture, $"{account.Id}_{sequence}")).Post;
        foreach (var upload in media)
        {
            upload.PublishedAs = post.Id;
        }

        return new JsonAnswer(new JsonObject { ["id"] = post.Id, ["post_id"] = post.Id });
    }

    private async Task<(long Bytes, string? Type)?> ReadAsync(MetaCall call, string parameter, long most)
    {
        var cancellationToken = call.Request.HttpContext.RequestAborted;
        if (call.File is null)
        {
            return await fetcher.FetchAsync(call[parameter], most, cancellationToken);
        }

        await using var stream = call.File.OpenReadStream();
        return await FileType.ReadAsync(stream, most, cancellationToken);
    }

    // attached_media[0]={"media_fbid":"1"}, or attached_media=[{"media_fbid":"1"}]
    private static List<string> Attached(MetaCall call)
    {
        var ids = new List<string>();
        if (call["attached_media"] is { } all)
        {
            return [.. JsonElement.Parse(all).EnumerateArray().Select(one => one.GetProperty("media_fbid").ToString())];
        }

        for (var index = 0; call[$"attached_media[{index}]"] is { } one; index++)
        {
            ids.Add(JsonElement.Parse(one).GetProperty("media_fbid").ToString());
        }

        return ids;
    }

    private string NewId() => $"12{network.Uploads.NextNumber()}";
}
