using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;
using Switchboard.Core.Social.Media;

namespace Switchboard.Edge.Api.Social.Media;

/// <summary>A file of the media library.</summary>
/// <param name="Id">Its id: posts name it.</param>
/// <param name="FileName">What its user calls it.</param>
/// <param name="State">uploading, ready or refused.</param>
/// <param name="ContentType">What its bytes say it is; null before it is ready.</param>
/// <param name="TotalBytes">How large it is.</param>
/// <param name="UploadedBytes">How much of it is there.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="DurationMs">How long it plays, in milliseconds.</param>
/// <param name="AltText">What it shows, for who does not see it.</param>
/// <param name="Error">Why it was refused.</param>
/// <param name="CreatedAt">When it was announced.</param>
/// <param name="UpdatedAt">When it changed last.</param>
internal sealed record MediaResponse(
    Guid Id,
    string FileName,
    string State,
    string? ContentType,
    long TotalBytes,
    long UploadedBytes,
    int? Width,
    int? Height,
    int? DurationMs,
    string? AltText,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static MediaResponse Of(SocialMedia media) => new(
        media.Id, media.FileName, media.State, media.ContentType, media.TotalBytes, media.UploadedBytes, media.Width, media.Height,
        media.DurationMs, media.AltText, media.Error, media.CreatedAt, media.UpdatedAt);
}

/// <summary>How answers about files are made.</summary>
internal static class MediaAnswers
{
    /// <summary>Says how far the upload is.</summary>
    public static void SayOffset(this HttpContext context, SocialMedia media)
    {
        context.Response.Headers[MediaUpload.OffsetHeader] = media.UploadedBytes.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers[MediaUpload.LengthHeader] = media.TotalBytes.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The file itself, or a part of it. What its bytes are is what browsers are told, and they are not to guess anything else.
    /// </summary>
    public static FileStreamHttpResult Send(this HttpContext context, SocialMedia media, Stream content, string cacheControl)
    {
        var answer = context.Response;
        answer.Headers.XContentTypeOptions = "nosniff";
        answer.Headers.CacheControl = cacheControl;
        answer.Headers.ContentDisposition = new ContentDispositionHeaderValue("inline") { FileNameStar = media.FileName }.ToString();
        if (!content.CanSeek)
            answer.ContentLength = media.TotalBytes;
        return TypedResults.Stream(
            content, media.ContentType, entityTag: new EntityTagHeaderValue($"\"{media.Id:N}\""), enableRangeProcessing: content.CanSeek);
    }

    /// <summary>What links begin with, where no setting says so: the address that the request came to.</summary>
    public static string BaseAddress(this HttpRequest request) =>
        UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase).TrimEnd('/');
}
