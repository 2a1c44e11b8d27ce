using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Switchboard.Core.Media;
using Switchboard.Core.Social.Media;

namespace Switchboard.Edge.Api.Social.Media;

/// <summary>
/// Takes the bytes of a file: straight to disk, and of one that comes in several requests each as a part of its own into the media store,
/// which all processes of the edge reach. What came before a connection broke counts. When all of it is there it is put together, looked
/// at, and kept under its own name, or refused. A process that dies in between leaves an upload that the next request goes on with.
/// </summary>
internal sealed class MediaUpload(
    MediaLibraryStore library, IMediaStore files, TempFolder temp, IOptions<MediaLibraryOptions> options, TimeProvider timeProvider)
    : IDisposable
{
    /// <summary>Where in the file a request begins, and of an answer how much of it is there (tus.io, 1.0).</summary>
    public const string OffsetHeader = "Upload-Offset";

    /// <summary>How large the file is.</summary>
    public const string LengthHeader = "Upload-Length";

    private const int BytesPerPermit = 1024 * 1024;

    // each takes as much of the disk as its file is large, and whoever asks twice would have it put together twice
    private readonly SemaphoreSlim _joins = new(4);

    /// <summary>Takes the body of a request as the file from that place on.</summary>
    /// <returns>The file as it is then, or why it was not taken.</returns>
    public async Task<(SocialMedia? Media, ProblemHttpResult? Refusal)> TakeAsync(
        HttpContext context, SocialMedia media, long offset, CancellationToken cancellationToken)
    {
        var room = media.TotalBytes - offset;
        if (context.Request.ContentLength > room)
            return (null, TooMuch(media));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = options.Value.PartBytes;

        using var file = temp.NewFile();
        var received = await ReceiveAsync(context.Request.Body, file.Path, room, cancellationToken);
        // what came is kept though its sender is gone, before the end of it or before the answer
        var end = CancellationToken.None;
        await context.CostsItemsAsync((int)(received / BytesPerPermit));
        if (received > room)
            return (null, TooMuch(media));
        if (offset == 0 && received == media.TotalBytes)
            return await FinishAsync(media, file, end);
        if (received > 0 && await KeepPartAsync(media, file, offset, received, end) is { } refusal)
            return (null, refusal);
        if (offset + received < media.TotalBytes)
            return (await library.FindAsync(media.UserId, media.Id, end), null);
        return await CompleteAsync(media, end);
    }

    /// <inheritdoc/>
    public void Dispose() => _joins.Dispose();

    private async Task<(SocialMedia? Media, ProblemHttpResult? Refusal)> CompleteAsync(
        SocialMedia media, CancellationToken cancellationToken)
    {
        await _joins.WaitAsync(cancellationToken);
        try
        {
            var now = await library.FindAsync(media.UserId, media.Id, cancellationToken);
            if (now is not { State: SocialMediaStates.Uploading })
                return (now, null);
            using var whole = temp.NewFile();
            return await JoinAsync(now, whole, cancellationToken)
                ? await FinishAsync(now, whole, cancellationToken)
                : (null, Problems.Conflict("The upload has changed meanwhile: ask how far it is."));
        }
        finally
        {
            _joins.Release();
        }
    }

    // up to one byte more than there is room for, which says that it is too much
    private static async Task<long> ReceiveAsync(
        Stream body, string path, long room, CancellationToken cancellationToken)
    {
        await using var file = TempFile.Create(path);
        var buffer = new byte[81_920];
        var received = 0L;
        try
        {
            int read;
            while (received <= room && (read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                received += read;
            }
        }
        catch (Exception reason) when (reason is OperationCanceledException
            or IOException and not BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            // its sender is gone: the next request goes on from here
        }

        return received;
    }

    private async Task<ProblemHttpResult?> KeepPartAsync(
        SocialMedia media, TempFile file, long offset, long bytes, CancellationToken cancellationToken)
    {
        var part = new UploadPart(Guid.CreateVersion7(timeProvider.GetUtcNow()), offset, bytes);
        var key = SocialMediaKey.OfPart(media.UserId, media.Id, part.Id);
        if (!await library.AddPartAsync(media.UserId, media.Id, part.Id, offset, cancellationToken))
        {
            return Problems.Conflict(string.Create(
                CultureInfo.InvariantCulture,
                $"The upload is not at byte {offset} any more, or has {MediaLibraryStore.MaxParts} parts: ask how far it is."));
        }

        await files.SaveAsync(key, file.Path, "application/octet-stream", cancellationToken);
        if (await library.CountPartAsync(media.UserId, media.Id, part, timeProvider.GetUtcNow(), cancellationToken))
            return null;
        await files.DeleteAsync(key, CancellationToken.None);
        await library.RemovePartsAsync(media.UserId, media.Id, [part.Id], CancellationToken.None);
        return Problems.Conflict("Another request went on with the upload: ask how far it is.");
    }

    // false when parts are missing: another request has finished it, or it was deleted
    private async Task<bool> JoinAsync(SocialMedia media, TempFile whole, CancellationToken cancellationToken)
    {
        await using var file = TempFile.Create(whole.Path);
        foreach (var part in await library.PartsAsync(media.UserId, media.Id, cancellationToken))
        {
            if (part.Position != file.Position
                || await files.OpenAsync(SocialMediaKey.OfPart(media.UserId, media.Id, part.Id), cancellationToken) is not { } content)
                return false;
            await using (content)
                await content.CopyToAsync(file, cancellationToken);
        }

        return file.Position == media.TotalBytes;
    }

    private async Task<(SocialMedia? Media, ProblemHttpResult? Refusal)> FinishAsync(
        SocialMedia media, TempFile file, CancellationToken cancellationToken)
    {
        MediaHeader header;
        byte[] hash;
        try
        {
            await using var content = file.OpenRead();
            header = await MediaHeader.ReadAsync(content, cancellationToken);
            content.Position = 0;
            hash = await SHA256.HashDataAsync(content, cancellationToken);
        }
        catch (MediaRefusedException reason)
        {
            await library.RefuseAsync(media.UserId, media.Id, reason.Message, timeProvider.GetUtcNow(), cancellationToken);
            await RemovePartsAsync(media);
            return (null, Problems.For(StatusCodes.Status422UnprocessableEntity, reason.Message, ProblemKinds.MediaRefused));
        }

        var key = SocialMediaKey.Of(media.UserId, media.Id);
        await files.SaveAsync(key, file.Path, header.ContentType, cancellationToken);
        if (await library.FinishAsync(media.UserId, media.Id, header, hash, timeProvider.GetUtcNow(), cancellationToken) is { } finished)
        {
            await RemovePartsAsync(media);
            return (finished, null);
        }

        // another request has finished it with the same bytes, or it was deleted: then there is to be no file
        if (await library.FindAsync(media.UserId, media.Id, CancellationToken.None) is { } other)
            return (other, null);
        await files.DeleteAsync(key, CancellationToken.None);
        return (null, Problems.NotFound("media", media.Id));
    }

    private async Task RemovePartsAsync(SocialMedia media)
    {
        var parts = await library.AllPartsAsync(media.UserId, media.Id, CancellationToken.None);
        foreach (var part in parts)
            await files.DeleteAsync(SocialMediaKey.OfPart(media.UserId, media.Id, part), CancellationToken.None);
        await library.RemovePartsAsync(media.UserId, media.Id, parts, CancellationToken.None);
    }

    private static ProblemHttpResult TooMuch(SocialMedia media) => Problems.Invalid(new FieldError(
        "$", string.Create(CultureInfo.InvariantCulture, $"It goes beyond the {media.TotalBytes} bytes that were announced.")));
}
