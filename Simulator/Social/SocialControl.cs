using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary><c>/_sim/social</c>: what was posted, how accounts are, how platforms behave.</summary>
internal static class SocialControl
{
    public static void MapSocialControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/social");
        group.MapGet("/posts", List);
        group.MapGet("/posts/count", (SocialPosts posts) => new SocialCount(posts.All.Count));
        group.MapDelete("/posts", (SocialPosts posts) =>
        {
            posts.Clear();
            return Results.NoContent();
        });
        group.MapGet("/accounts", (SocialNetworks networks, string? platform = null) => networks.Names
            .Where(name => platform is null || name == platform)
            .SelectMany(name => networks.Of(name).Accounts.All.Select(account => SocialAccountView.Of(name, account))).ToArray());
        group.MapPost("/accounts", SetAccount);
        group.MapPost("/settings", Set);
    }

    private static IResult List(
        SocialPosts posts, string? since = null, string? cursor = null, int limit = Since.DefaultLimit,
        string? platform = null, string? account = null, string? q = null)
    {
        if (!Since.TryParse(cursor ?? since, out var after))
        {
            return ControlProblems.Invalid("since", Since.Error);
        }

        if (limit is < 1 or > Since.MostLimit)
        {
            return ControlProblems.Invalid("limit", Since.LimitError);
        }

        var (page, next) = Since.Page(posts.All, after, limit, post =>
            (platform is null || post.Platform == platform)
            && (account is null || account == $"urn:li:person:{post.Account.Id}" || post.Account.Id == account
                || post.Account.Handle == account.TrimStart('@'))
            && (q is null || post.Text.Contains(q, StringComparison.OrdinalIgnoreCase)));
        return Results.Json(
            new SocialPostPage([.. page.Select(post => SocialPostView.Of(post, posts.Copies(post)))], next),
            SocialControlJson.Default.SocialPostPage);
    }

    private static IResult SetAccount(SocialAccountChange request, SocialNetworks networks)
    {
        var errors = new FieldErrors();
        var network = networks.Find(request.Platform);
        errors.Check("platform", network is not null, $"Name one of {string.Join(", ", networks.Names)}.");
        errors.Check("id", !string.IsNullOrWhiteSpace(request.Id), "Say which account: its name, or its id.");
        errors.Check("state", Enum.TryParse<SocialAccountState>(request.State, ignoreCase: true, out var state) && Enum.IsDefined(state),
            $"Use one of {string.Join(", ", Enum.GetNames<SocialAccountState>()).ToLowerInvariant()}.");
        if (errors.Count > 0)
        {
            return Results.ValidationProblem(errors, title: "No account was changed.");
        }

        var account = network!.Accounts.Of(request.Id!);
        account.Become(state);
        return Results.Json(SocialAccountView.Of(network.Name, account), SocialControlJson.Default.SocialAccountView);
    }

    private static IResult Set(SocialSettingsChange request, SocialNetworks networks)
    {
        var errors = new FieldErrors();
        errors.Check("platform", request.Platform is null || networks.Find(request.Platform) is not null,
            $"Name one of {string.Join(", ", networks.Names)}, or leave it out for all.");
        errors.Check("account", request.Account is null || !string.IsNullOrWhiteSpace(request.Account), "Say who.");
        errors.Check("processingSeconds", request.ProcessingSeconds is null or (>= 0 and <= 3_600), "Use 0 to 3600 seconds.");
        errors.Check("tokenSeconds", request.TokenSeconds is null or > 0, "Use 1 or more seconds.");
        errors.Check("postsPerSpan", request.PostsPerSpan is null or >= 0, "Use 0 or more posts.");
        errors.Check("maxCharacters", request.MaxCharacters is null or > 0, "Use 1 or more characters.");
        errors.Check("appPostsPerDay", request.AppPostsPerDay is null or >= 0, "Use 0 or more posts.");
        if (errors.Count > 0)
        {
            return Results.ValidationProblem(errors, title: "Nothing was set.");
        }

        foreach (var network in networks.Names.Where(name => request.Platform is null || name == request.Platform).Select(networks.Of))
        {
            var now = request.Reset == true ? new SocialSettings() : network.Settings;
            network.Settings = now with
            {
                Account = request.Account ?? now.Account,
                ProcessingSeconds = request.ProcessingSeconds ?? now.ProcessingSeconds,
                TokenSeconds = request.TokenSeconds ?? now.TokenSeconds,
                PostsPerSpan = request.PostsPerSpan ?? now.PostsPerSpan,
                MaxCharacters = request.MaxCharacters ?? now.MaxCharacters,
                AppPostsPerDay = request.AppPostsPerDay ?? now.AppPostsPerDay,
                ListsMemberPosts = request.ListsMemberPosts ?? now.ListsMemberPosts,
                RefuseDuplicates = request.RefuseDuplicates ?? now.RefuseDuplicates,
            };
            if (request.ExpireTokens == true)
            {
                network.Tokens.ExpireAll();
            }
        }

        return Results.NoContent();
    }
}

/// <summary>The body of <c>POST /_sim/social/accounts</c>.</summary>
/// <param name="Platform">instagram, facebook, x, linkedin, mastodon or bluesky.</param>
/// <param name="Id">The account's name, or its id.</param>
/// <param name="State">active; suspended: it may not post; revoked: what was authorized is not any more; limited: its quota is used up;
/// declining: its holder does not consent.</param>
internal sealed record SocialAccountChange(string? Platform, string? Id, string? State);

/// <summary>The body of <c>POST /_sim/social/settings</c>: what is left out stays as it is.</summary>
/// <param name="Platform">Of which platform; without it of all.</param>
/// <param name="Reset">Whether all is as at first, before the rest is set.</param>
/// <param name="ExpireTokens">Whether all access tokens end now.</param>
/// <param name="Account">Who is at the page of consent when nobody says who.</param>
/// <param name="ProcessingSeconds">How long containers and videos take.</param>
/// <param name="TokenSeconds">How long new access tokens last.</param>
/// <param name="PostsPerSpan">How many posts an account may make in the platform's span.</param>
/// <param name="MaxCharacters">How long a post of Mastodon may be, as the instance counts.</param>
/// <param name="AppPostsPerDay">How many posts of X the application may make in a day.</param>
/// <param name="ListsMemberPosts">Whether LinkedIn lets the application list members' posts without the scope for it.</param>
/// <param name="RefuseDuplicates">Whether X and Facebook refuse what the account has posted already.</param>
internal sealed record SocialSettingsChange(
    string? Platform = null,
    bool? Reset = null,
    bool? ExpireTokens = null,
    string? Account = null,
    double? ProcessingSeconds = null,
    int? TokenSeconds = null,
    int? PostsPerSpan = null,
    int? MaxCharacters = null,
    int? AppPostsPerDay = null,
    bool? ListsMemberPosts = null,
    bool? RefuseDuplicates = null);

/// <summary>An account in the answers of control calls.</summary>
internal sealed record SocialAccountView(string Platform, string Id, string Handle, string State)
{
    public static SocialAccountView Of(string platform, SocialAccount account) =>
        new(platform, account.Id, account.Handle, account.State.ToString().ToLowerInvariant());
}

/// <summary>A post in the answers of control calls.</summary>
/// <param name="Id">The platform's id of it.</param>
/// <param name="Platform">Where.</param>
/// <param name="Account">The account's id.</param>
/// <param name="Handle">Its name.</param>
/// <param name="Text">As people read it.</param>
/// <param name="Link">The link that is shown as a card.</param>
/// <param name="Media">Its media.</param>
/// <param name="At">When it was posted.</param>
/// <param name="Key">What it was made for, as its maker said: an idempotency key, a record key, a container.</param>
/// <param name="Copies">How many posts of the account there are for the same: with its key, or else with its text. 1 unless something was
/// posted twice.</param>
/// <param name="DeletedAt">When it was deleted.</param>
internal sealed record SocialPostView(
    string Id, string Platform, string Account, string Handle, string Text, string? Link, IReadOnlyList<SocialPostView.MediaView> Media,
    DateTimeOffset At, string? Key, int Copies, DateTimeOffset? DeletedAt)
{
    public static SocialPostView Of(SocialPost post, int copies) => new(
        post.Id, post.Platform, post.Account.Id, post.Account.Handle, post.Text, post.Link,
        [.. post.Media.Select(one => new MediaView(one.Id, one.ContentType, one.Bytes, one.AltText))], post.At, post.Key, copies,
        post.DeletedAt);

    internal sealed record MediaView(string Id, string? ContentType, long Bytes, string? AltText);
}

/// <summary>What <c>GET /_sim/social/posts</c> answers.</summary>
internal sealed record SocialPostPage(IReadOnlyList<SocialPostView> Items, string? NextCursor);

internal sealed record SocialCount(int Count);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SocialPostPage))]
[JsonSerializable(typeof(SocialAccountChange))]
[JsonSerializable(typeof(SocialSettingsChange))]
[JsonSerializable(typeof(SocialAccountView[]))]
[JsonSerializable(typeof(SocialCount))]
internal sealed partial class SocialControlJson : JsonSerializerContext;
