using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Simulator.Social;

/// <summary>
/// Publishing at Instagram: a container is made of media that are fetched from a link, takes its time, and is published once; it dies
/// after a day.
/// </summary>
internal sealed class InstagramPublishing(SocialNetwork network, MediaFetcher fetcher)
{
    private const string Publish = "instagram_business_content_publish";
    private const int LongestCaption = 2_200;
    private const int MostHashtags = 30;
    private const long MostImageBytes = 8 * 1_024 * 1_024;
    private const long MostVideoBytes = 300 * 1_024 * 1_024;
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    public static int Quota(SocialNetwork network) => network.Settings.PostsPerSpan ?? 100;

    public static int Used(SocialNetwork network, SocialAccount account) =>
        network.Posts.CountSince(network.Name, account.Id, network.Now - TimeSpan.FromDays(1));

    /// <summary>A container as it is read.</summary>
    public static JsonObject Describe(SocialUpload container, DateTimeOffset now) => new()
    {
        ["id"] = container.Id,
        ["status_code"] = StatusOf(container, now),
        ["status"] = StatusOf(container, now) switch
        {
            "ERROR" => $"Error: {ErrorOf(container)}",
            "FINISHED" => "Finished: Media has been uploaded and it is ready to be published.",
            "PUBLISHED" => "Published: Media has been published.",
            "EXPIRED" => "Expired: The container was not published within 24 hours.",
            _ => "In Progress: Media is still being processed.",
        },
    };

    public async Task<IResult> CreateAsync(MetaCall call, SocialGrant grant)
    {
        var type = call["media_type"] ?? "IMAGE";
        var caption = call["caption"] ?? "";
        if (!grant.Allows(Publish))
        {
            return MetaProblem.Denied(Publish);
        }

        if (PostLength.CodePoints(caption) > LongestCaption || caption.Count(character => character == '#') > MostHashtags)
        {
            return new MetaProblem(400, 100, "The caption is too long.", 2207010);
        }

        return type switch
        {
            "CAROUSEL" => Carousel(call, grant.Account, caption),
            "REELS" or "VIDEO" or "STORIES" when call["video_url"] is { } video => Video(call, grant.Account, type, caption, video),
            "IMAGE" or "STORIES" when call["image_url"] is { } image => await ImageAsync(call, grant.Account, type, caption, image),
            _ => MetaProblem.Required(type is "IMAGE" or "STORIES" ? "image_url" : "video_url"),
        };
    }

    public Task<IResult> PublishAsync(MetaCall call, SocialGrant grant) => Task.FromResult(PublishContainer(call, grant));

    private IResult PublishContainer(MetaCall call, SocialGrant grant)
    {
        var account = grant.Account;
        if (!grant.Allows(Publish))
        {
            return MetaProblem.Denied(Publish);
        }

        if (call["creation_id"] is not { } id)
        {
            return MetaProblem.Required("creation_id");
        }

        if (network.Uploads.Find(id, account) is not { } container || container.Category == "ITEM")
        {
            return new MetaProblem(400, 24, "The requested resource does not exist", 2207006);
        }

        lock (container)
        {
            var problem = StatusOf(container, network.Now) switch
            {
                "IN_PROGRESS" => new(400, 9007, "Media ID is not available", 2207027),
                "EXPIRED" => new(400, 24, "The media container has expired.", 2207008),
                "PUBLISHED" => new MetaProblem(400, 24, "The requested resource does not exist", 2207006),
                "ERROR" => new(400, 9007, ErrorOf(container)!, 2207032),
                _ => null,
            };
            problem ??= account.State == SocialAccountState.Suspended
                ? new(403, 25, "The Instagram account is inactive, checkpointed, or restricted.", 2207050)
                : account.State == SocialAccountState.Limited || Used(network, account) >= Quota(network)
                    ? MetaProblem.Fault(null, "9")
                : null;
            if (problem is not null)
            {
                return problem;
            }

            var post = network.Posts.Add(network.Name, account, new NewPost(container.Caption ?? "")
            {
                Key = container.Id,
                Media = container.Children.Count > 0 ? container.Children : [container],
                Body = (id, at) => Media(container, id, at),
            }, sequence => string.Create(CultureInfo.InvariantCulture, $"18{sequence}")).Post;
            container.PublishedAs = post.Id;
            return new JsonAnswer(new JsonObject { ["id"] = post.Id });
        }
    }

    private static JsonObject Media(SocialUpload container, string id, DateTimeOffset at) => new()
    {
        ["id"] = id,
        ["timestamp"] = JsonAnswer.GraphTime(at),
        ["caption"] = container.Caption,
        ["media_type"] = container.Children.Count > 0 ? "CAROUSEL_ALBUM" : container.IsVideo ? "VIDEO" : "IMAGE",
        ["permalink"] = $"https://www.instagram.com/p/{container.Id}/",
        ["username"] = container.Account.Handle,
    };

    private JsonAnswer Answer(SocialUpload container) => new(new JsonObject { ["id"] = network.Uploads.Add(container).Id });

    private SocialUpload Container(
        MetaCall call, SocialAccount account, string type, string caption, string? url, params SocialUpload[] children) =>
        new($"17{network.Uploads.NextNumber()}", account, network.Now)
        {
            Category = call["is_carousel_item"] is "true" or "True" or "1" ? "ITEM" : type,
            Caption = caption,
            AltText = call["alt_text"],
            Url = url,
            Children = children,
        };

    private async Task<IResult> ImageAsync(MetaCall call, SocialAccount account, string type, string caption, string url)
    {
        var container = Container(call, account, type, caption, url);
        if (await fetcher.FetchAsync(url, MostImageBytes, call.Request.HttpContext.RequestAborted) is not var (bytes, contentType))
        {
            return new MetaProblem(400, 9004, "The media could not be fetched from this URI.", 2207052);
        }

        if (bytes > MostImageBytes)
        {
            return new MetaProblem(400, 36000, "The image is too large to download.", 2207004);
        }

        if (contentType != "image/jpeg")
        {
            return new MetaProblem(400, 36001, "The image format is not supported.", 2207005);
        }

        (container.Bytes, container.ContentType, container.ReadyAt) = (bytes, contentType, Ready());
        return Answer(container);
    }

    // fetched after the answer, as at Instagram: what is wrong with it stands in the container
    private JsonAnswer Video(MetaCall call, SocialAccount account, string type, string caption, string url)
    {
        var container = Container(call, account, type, caption, url);
        _ = FetchAsync();
        return Answer(container);

        async Task FetchAsync()
        {
            var file = await fetcher.FetchAsync(url, MostVideoBytes, CancellationToken.None);
            container.Error = file is not var (bytes, contentType) ? "2207052: The media could not be fetched from this URI."
                : bytes > MostVideoBytes || contentType != "video/mp4" ? "2207026: The video format is not supported."
                : null;
            (container.Bytes, container.ContentType, container.ReadyAt) = (file?.Bytes ?? 0, file?.Type, Ready());
        }
    }

    private IResult Carousel(MetaCall call, SocialAccount account, string caption)
    {
        var ids = Ids(call["children"] ?? "");
        var children = ids.Select(id => network.Uploads.Find(id, account)).OfType<SocialUpload>()
            .Where(child => child.Category == "ITEM").ToArray();
        return ids.Count is < 2 or > 10 ? MetaProblem.Invalid("A carousel has 2 to 10 children.")
            : children.Length < ids.Count ? MetaProblem.Invalid("A child does not exist or is no carousel item.")
            : Answer(Container(call, account, "CAROUSEL", caption, null, children));
    }

    private static List<string> Ids(string children) => children.StartsWith('[')
        ? [.. JsonElement.Parse(children).EnumerateArray().Select(id => id.ToString())]
        : [.. children.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private DateTimeOffset Ready() => network.Now.AddSeconds(network.Settings.ProcessingSeconds);

    private static string StatusOf(SocialUpload container, DateTimeOffset now) =>
        container.PublishedAs is not null ? "PUBLISHED"
        : ErrorOf(container) is not null ? "ERROR"
        : now - container.CreatedAt >= Life ? "EXPIRED"
        : container.Children.Count > 0 ? container.Children.All(child => child.IsReady(now)) ? "FINISHED" : "IN_PROGRESS"
        : container.IsReady(now) ? "FINISHED" : "IN_PROGRESS";

    private static string? ErrorOf(SocialUpload container) =>
        container.Error ?? container.Children.FirstOrDefault(child => child.Error is not null)?.Error;
}
