using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Media;
using Switchboard.Core.Social.Media;

namespace Switchboard.Edge.Api.Social.Media;

/// <summary>Which files to list.</summary>
internal sealed class ListMediaRequest : NumberedPageRequest
{
    /// <summary>Only those in this state: uploading, ready or refused.</summary>
    [QueryParam]
    public string? State { get; set; }
}

internal sealed class ListMediaValidator : NumberedPageValidator<ListMediaRequest>
{
    public ListMediaValidator()
        : base(ListMedia.Name) =>
        RuleFor(request => request.State).OneOf(SocialMediaStates.Shown).When(request => request.State is not null);
}

/// <summary><c>GET /api/media-library</c>: the user's files, newest first.</summary>
internal sealed class ListMedia(MediaLibraryStore library) : NumberedListEndpoint<ListMediaRequest, MediaResponse>(Name)
{
    public const string Name = "media-library";

    public override void Configure() => List("/api/media-library", Scope.Social, "Media library", "List files");

    protected override async Task<List<MediaResponse>> ReadAsync(
        ListMediaRequest request, Cursor? after, int skip, int take, CancellationToken cancellationToken) =>
        (await library.ListAsync(HttpContext.Caller().UserId, States(request), after?.Id, skip, take, cancellationToken))
            .ConvertAll(MediaResponse.Of);

    protected override Task<int> CountAsync(ListMediaRequest request, int atMost, CancellationToken cancellationToken) =>
        library.CountAsync(HttpContext.Caller().UserId, States(request), atMost, cancellationToken);

    protected override Cursor CursorOf(MediaResponse item) => new(item.CreatedAt, item.Id);

    private static IReadOnlyList<string> States(ListMediaRequest request) => request.State is { } state ? [state] : SocialMediaStates.Shown;
}

/// <summary>
/// <c>GET /api/media-library/{id}</c>: what is known of a file, and in <c>Upload-Offset</c> how far its upload is; so <c>HEAD</c> too.
/// </summary>
internal sealed class GetMediaFacts(MediaLibraryStore library) : GetByIdEndpoint<MediaResponse>("media")
{
    public override void Configure() => Read("/api/media-library/{id:guid}", Scope.Social, "Media library", "Read what is known of a file");

    protected override async Task<MediaResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await library.FindAsync(userId, id, cancellationToken) is not { } media)
            return null;
        HttpContext.SayOffset(media);
        return MediaResponse.Of(media);
    }
}

/// <summary><c>GET /api/media-library/{id}/content</c>: the file.</summary>
internal sealed class DownloadMedia(MediaLibraryStore library, IMediaStore files)
    : EndpointWithoutRequest<Results<FileStreamHttpResult, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/media-library/{id:guid}/content");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Media library", "Download a file")
            .Produces(200, contentType: "application/octet-stream").Refuses(401, 403, 404, 416, 429, 503));
    }

    public override async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        return await library.FindAsync(userId, id, ct) is { State: SocialMediaStates.Ready } media
            && await files.OpenAsync(SocialMediaKey.Of(userId, id), ct) is { } content
                ? HttpContext.Send(media, content, "no-store")
                : Problems.NotFound("media", id);
    }
}

/// <summary>For how long a link is to be good.</summary>
internal sealed class LinkMediaBody
{
    /// <summary>Minutes, up to a week; as is set if left out.</summary>
    public int? Minutes { get; init; }
}

internal sealed class LinkMediaValidator : Validator<LinkMediaBody>
{
    public LinkMediaValidator() => RuleFor(body => body.Minutes).InclusiveBetween(1, MediaLibraryOptions.MaxLinkMinutes);
}

/// <summary>A link to a file.</summary>
/// <param name="Url">Where anybody can fetch it.</param>
/// <param name="ExpiresAt">Until when.</param>
internal sealed record MediaLinkResponse(string Url, DateTimeOffset ExpiresAt);

/// <summary><c>POST /api/media-library/{id}/link</c>: a link to a file that ends, as platforms get it that fetch files.</summary>
internal sealed class LinkMedia(
    MediaLibraryStore library, SocialMediaLinks links, IOptions<MediaLibraryOptions> options,
    IOptions<Core.Social.Accounts.SocialOptions> social, TimeProvider timeProvider)
    : Endpoint<LinkMediaBody, Results<Ok<MediaLinkResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/media-library/{id:guid}/link");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Media library", "Make a link to a file that ends")
            .Example("""{"minutes": 30}""")
            .Produces<MediaLinkResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<MediaLinkResponse>, ProblemHttpResult>> ExecuteAsync(LinkMediaBody body, CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await library.FindAsync(userId, id, ct) is not { } media)
            return Problems.NotFound("media", id);
        if (media.State != SocialMediaStates.Ready)
            return Problems.Conflict($"The file is {media.State}.");
        // whole milliseconds, as in the link
        var expiresAt = DateTimeOffset.FromUnixTimeMilliseconds(
            timeProvider.GetUtcNow().AddMinutes(body.Minutes ?? options.Value.LinkMinutes).ToUnixTimeMilliseconds());
        var address = social.Value.PublicBaseUrl?.AbsoluteUri.TrimEnd('/') ?? HttpContext.Request.BaseAddress();
        return TypedResults.Ok(new MediaLinkResponse(
            $"{address}{SocialMediaLinks.Path}{links.TokenFor(id, userId, expiresAt)}", expiresAt));
    }
}

/// <summary><c>GET /m/{token}</c>: a file, for anybody with its link: platforms that fetch what they publish.</summary>
internal sealed class OpenMediaLink(SocialMediaStore library, IMediaStore files, SocialMediaLinks links, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<FileStreamHttpResult, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get($"{SocialMediaLinks.Path}{{token}}");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Media library", "Fetch a file by its link")
            .Produces(200, contentType: "application/octet-stream").Refuses(404, 410, 416, 429, 503));
    }

    public override async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        if (!links.TryRead(Route<string>("token"), out var link))
            return Problems.For(StatusCodes.Status404NotFound, "This is not a link to a file.");
        if (timeProvider.GetUtcNow() >= link.ExpiresAt)
            return Problems.For(StatusCodes.Status410Gone, "This link has ended.");
        return (await library.FindAsync(link.UserId, [link.MediaId], ct)).GetValueOrDefault(link.MediaId) is { } media
            && await files.OpenAsync(SocialMediaKey.Of(link.UserId, link.MediaId), ct) is { } content
                ? HttpContext.Send(media, content, "private, no-cache")
                : Problems.For(StatusCodes.Status404NotFound, "This file is not kept any more.");
    }
}
