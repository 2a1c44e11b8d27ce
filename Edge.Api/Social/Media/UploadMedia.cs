using System.Globalization;
using FluentValidation;
using Microsoft.Extensions.Options;
using Switchboard.Core.Social.Media;

namespace Switchboard.Edge.Api.Social.Media;

/// <summary>A file to be uploaded.</summary>
internal sealed class AnnounceMediaBody
{
    /// <summary>What its user calls it.</summary>
    public string? FileName { get; init; }

    /// <summary>How large it is.</summary>
    public long TotalBytes { get; init; }

    /// <summary>What it shows, for who does not see it.</summary>
    public string? AltText { get; init; }
}

internal sealed class AnnounceMediaValidator : Validator<AnnounceMediaBody>
{
    public const int MaxName = 255;
    public const int MaxAltText = 1_500;

    public AnnounceMediaValidator(IOptions<MediaLibraryOptions> options)
    {
        RuleFor(body => body.FileName).Visible().Text(MaxName);
        RuleFor(body => body.TotalBytes).InclusiveBetween(1, options.Value.MaxBytes)
            .WithMessage($"It must be 1 to {options.Value.MaxBytes}: a file is at most {options.Value.MaxMegabytes} MiB.");
        RuleFor(body => body.AltText).Text(MaxAltText);
    }
}

/// <summary><c>POST /api/media-library</c>: announces a file, which is uploaded to its own address then.</summary>
internal sealed class AnnounceMedia(CreatingTransactions transactions, IOptions<MediaLibraryOptions> options, TimeProvider timeProvider)
    : Endpoint<AnnounceMediaBody, Results<Created<MediaResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/media-library");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Media library", "Announce a file that is to be uploaded")
            .Example("""{"fileName": "spring.jpg", "totalBytes": 48211, "altText": "A shop window"}""")
            .WithDescription("JPEG, PNG, GIF, WebP, MP4 or MOV. Upload it by PATCH to the address in Location.")
            .Produces<MediaResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<MediaResponse>, ProblemHttpResult>> ExecuteAsync(
        AnnounceMediaBody body, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var creation = await transactions.RunAsync(
            HttpContext,
            body,
            async transaction =>
            {
                var used = await MediaLibraryStore.UsedAsync(transaction, userId, ct);
                if (FullBy(used.Files, used.Bytes + body.TotalBytes) is { } full)
                    return Creation<MediaResponse>.Refused(Problems.Conflict(full, ProblemKinds.MediaQuota));
                var now = timeProvider.GetUtcNow().ToStorable();
                return Creation<MediaResponse>.Made(MediaResponse.Of(await MediaLibraryStore.InsertAsync(
                    transaction, userId, Guid.CreateVersion7(now), body.FileName!.Trim(), body.TotalBytes, body.AltText, now, ct)));
            },
            ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        HttpContext.Response.Headers[MediaUpload.OffsetHeader] = "0";
        return TypedResults.Created($"/api/media-library/{creation.Answer!.Id}", creation.Answer);
    }

    private string? FullBy(long files, long bytes)
    {
        var limits = options.Value;
        return files >= limits.MaxFiles
                ? FormattableString.Invariant($"There are {files} files, which are the most: delete some that nothing needs.")
            : bytes > limits.QuotaBytes
                ? FormattableString.Invariant($"With it {bytes} of {limits.QuotaBytes} bytes are used: delete files that nothing needs.")
            : null;
    }
}

/// <summary>
/// <c>PATCH /api/media-library/{id}</c> with <c>Upload-Offset</c>: the bytes from that place on, all or some. <c>HEAD</c> or <c>GET</c>
/// says how far it is. A request without bytes at the end of the file looks at it again, if the one before was cut off.
/// </summary>
internal sealed class UploadMedia(MediaLibraryStore library, MediaUpload upload)
    : EndpointWithoutRequest<Results<Ok<MediaResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Patch("/api/media-library/{id:guid}");
        Policies(Scope.Social);
        Description(endpoint => endpoint.Titled("Media library", "Upload a file, or a part of it")
            .TakesHeader(MediaUpload.OffsetHeader, isRequired: true)
            .WithDescription(
                "The body is the bytes, as application/offset+octet-stream; the header Upload-Offset says where in the file they begin. "
                + "When the file is whole it is looked at: a 422 of the type media-refused says why it is not taken.")
            .Accepts<Stream>("*/*", "application/offset+octet-stream")
            .Produces<MediaResponse>().Refuses(400, 401, 403, 404, 409, 413, 422, 429, 503));
    }

    public override async Task<Results<Ok<MediaResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, Route<Guid>("id"));
        if (await library.FindAsync(userId, id, ct) is not { } media)
            return Problems.NotFound("media", id);
        var said = HttpContext.Request.Headers[MediaUpload.OffsetHeader].ToString();
        if (!long.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return Problems.Invalid(new FieldError(MediaUpload.OffsetHeader, "It must say where in the file the bytes begin."));
        HttpContext.SayOffset(media);
        if (media.State != SocialMediaStates.Uploading)
            return Problems.Conflict($"The file is {media.State}. Announce another one.");
        if (offset != media.UploadedBytes)
        {
            return Problems.Conflict(
                string.Create(CultureInfo.InvariantCulture, $"The upload is at byte {media.UploadedBytes}: go on from there."));
        }

        var (taken, refusal) = await upload.TakeAsync(HttpContext, media, offset, ct);
        if (refusal is not null)
            return refusal;
        if (taken is null)
            return Problems.NotFound("media", id);
        HttpContext.SayOffset(taken);
        return TypedResults.Ok(MediaResponse.Of(taken));
    }
}
