using FluentValidation;
using Switchboard.Core.Media;
using Switchboard.Core.Social.Media;

namespace Switchboard.Edge.Api.Social.Media;

/// <summary>What of a file to change: what is left out stays.</summary>
internal sealed class DescribeMediaBody
{
    public string? FileName { get; init; }

    /// <summary>What it shows, for who does not see it; empty for nothing.</summary>
    public string? AltText { get; init; }
}

internal sealed class DescribeMediaValidator : Validator<DescribeMediaBody>
{
    public DescribeMediaValidator()
    {
        RuleFor(body => body.FileName).Visible().Text(AnnounceMediaValidator.MaxName).When(body => body.FileName is not null);
        RuleFor(body => body.AltText).Text(AnnounceMediaValidator.MaxAltText);
        RuleFor(body => body).Must(body => body.FileName is not null || body.AltText is not null)
            .OverridePropertyName("$").WithMessage("It must say fileName, altText, or both.");
    }
}

/// <summary><c>PUT /api/media-library/{id}</c>: what a file is called, and what it shows.</summary>
internal sealed class DescribeMedia(MediaLibraryStore library, TimeProvider timeProvider)
    : Endpoint<DescribeMediaBody, Results<Ok<MediaResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Put("/api/media-library/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Media library", "Say what a file is called and what it shows")
            .Example("""{"altText": "A shop window"}""")
            .Produces<MediaResponse>().Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<MediaResponse>, ProblemHttpResult>> ExecuteAsync(DescribeMediaBody body, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var changed = await library.DescribeAsync(
            HttpContext.Caller().UserId, id, body.FileName?.Trim(), body.AltText, timeProvider.GetUtcNow().ToStorable(), ct);
        return changed is null ? Problems.NotFound("media", id) : TypedResults.Ok(MediaResponse.Of(changed));
    }
}

/// <summary>
/// <c>DELETE /api/media-library/{id}</c>: a file, unless something that is not out yet needs it. Its files go before its row, which is all
/// that knows of them; a deletion that is interrupted is completed by the same request, or by <c>prune-social-media</c>.
/// </summary>
internal sealed class DeleteMedia(MediaLibraryStore library, SocialMediaStore store, IMediaStore files, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/media-library/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Media library", "Delete a file").Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        var (isThere, neededBy) = await library.BeginDeletingAsync(userId, id, timeProvider.GetUtcNow(), ct);
        if (!isThere)
            return Problems.NotFound("media", id);
        if (neededBy is not null)
            return Problems.Conflict($"{neededBy} needs it, which is not out yet: cancel or change that post or schedule first.");
        await store.DeleteAsync(files, [new(userId, id, await library.AllPartsAsync(userId, id, ct))], CancellationToken.None);
        return TypedResults.NoContent();
    }
}
