using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

public static partial class HttpResponseExtensions
{
    /// <summary>Answers 200 with bytes; as a download where there is a file name.</summary>
    public static Task<Void> SendBytesAsync(
        this HttpResponse rsp,
        byte[] bytes,
        string? fileName = null,
        string contentType = "application/octet-stream",
        DateTimeOffset? lastModified = null,
        bool enableRangeProcessing = false,
        CancellationToken cancellation = default)
        => rsp.SendContentAsync(Results.Bytes(bytes, contentType, fileName, enableRangeProcessing, lastModified));

    /// <summary>Answers 200 with the file as a download.</summary>
    public static Task<Void> SendFileAsync(
        this HttpResponse rsp,
        FileInfo fileInfo,
        string contentType = "application/octet-stream",
        DateTimeOffset? lastModified = null,
        bool enableRangeProcessing = false,
        CancellationToken cancellation = default)
        => rsp.SendStreamAsync(
            fileInfo.OpenRead(), fileInfo.Name, fileInfo.Length, contentType, lastModified, enableRangeProcessing, cancellation);

    /// <summary>Answers 200 with what the stream holds, and disposes it; as a download where there is a file name.</summary>
    public static Task<Void> SendStreamAsync(
        this HttpResponse rsp,
        Stream stream,
        string? fileName = null,
        long? fileLengthBytes = null,
        string contentType = "application/octet-stream",
        DateTimeOffset? lastModified = null,
        bool enableRangeProcessing = false,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
            rsp.ContentLength = fileLengthBytes;
        return rsp.SendContentAsync(Results.Stream(stream, contentType, fileName, lastModified, enableRangeProcessing: enableRangeProcessing));
    }

    private static async Task<Void> SendContentAsync(this HttpResponse rsp, IResult content)
    {
        await rsp.BeginAsync(StatusCodes.Status200OK);
        await content.ExecuteAsync(rsp.HttpContext);
        return Void.Instance;
    }
}
