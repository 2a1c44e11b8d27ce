using System.Buffers;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>Tells what a file is by its bytes, whatever anybody says that it is.</summary>
internal static class ContentSniffer
{
    /// <summary>As much of a file as its type is looked for in, in bytes.</summary>
    public const int HeadSize = 4096;

    /// <summary>The type of a file; null when it is of no known one, or empty.</summary>
    public static async Task<string?> DetectAsync(FileStream file, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(HeadSize);
        try
        {
            file.Position = 0;
            var head = buffer.AsMemory(0, await file.ReadAtLeastAsync(buffer.AsMemory(0, HeadSize), HeadSize, false, cancellation));
            if (OfBinary(head.Span) is { } binary)
                return binary;
            return await TextContent.IsTextAsync(file, cancellation)
                ? TextContent.TypeOf(head.Span)
                : Signature.TypeOf(Signature.OfNoText, head.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // a word that text may begin with is none of these
    private static string? OfBinary(ReadOnlySpan<byte> head) =>
        Signature.TypeOf(Signature.All, head) ?? ContainerContent.IsoMedia(head) ?? ContainerContent.Matroska(head)
        ?? ContainerContent.Zip(head) ?? AudioFrame.TypeOf(head);
}
