using System.Buffers;

namespace Switchboard.Simulator.Twilio;

/// <summary><c>GET …/Messages/{sid}/Media/{sid}</c>: tells who may know it where the file is.</summary>
internal sealed class MediaEndpoint(TwilioAuthorization authorization, MediaLinks links)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (authorization.Check(context) is { } error)
        {
            return error.WriteAsync(context);
        }

        var id = (string)context.Request.RouteValues["mediaSid"]!;
        if (MediaLinks.Find(id) is not { } spec)
        {
            return TwilioErrors.NotFound(TwilioAuthorization.Resource(context)).WriteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = spec.RedirectTo ?? links.Cdn(id);
        return Task.CompletedTask;
    }
}

/// <summary>
/// <c>GET /twilio/cdn/{id}</c>: the file itself, made as it goes out. Its address is its permit; as at S3 it is an error to bring another.
/// </summary>
internal sealed class CdnEndpoint(MediaLinks links, TimeProvider timeProvider)
{
    private const int AtOnce = 64 * 1024;
    private const int AtOnceWhenSlow = 4 * 1024;

    private const string TwoPermits = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter "
        + "or the Authorization header should be specified";

    public Task InvokeAsync(HttpContext context)
    {
        var (request, id) = (context.Request, (string)context.Request.RouteValues["mediaSid"]!);
        if (request.Headers.Authorization.Count > 0)
        {
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "InvalidArgument", TwoPermits);
        }

        return !links.IsGood(id, request.Query["Expires"].ToString(), request.Query["Signature"].ToString())
            ? RefuseAsync(context, StatusCodes.Status403Forbidden, "AccessDenied", "Access Denied")
            : MediaLinks.Find(id) is { } spec ? SendAsync(context, spec)
            : RefuseAsync(context, StatusCodes.Status404NotFound, "NoSuchKey", "The specified key does not exist.");
    }

    private async Task SendAsync(HttpContext context, MediaSpec spec)
    {
        var (response, left) = (context.Response, Math.Min(spec.Size, spec.Announced ?? spec.Size));
        response.ContentType = spec.ContentType;
        if (!spec.Chunked)
        {
            response.ContentLength = spec.Announced ?? spec.Size;
        }

        var most = spec.BytesPerSecond is null ? AtOnce : AtOnceWhenSlow;
        foreach (var piece in spec.Bytes())
        {
            for (var rest = piece[..(int)Math.Min(piece.Length, left)]; rest.Length > 0; rest = rest[Math.Min(rest.Length, most)..])
            {
                var part = rest[..Math.Min(rest.Length, most)];
                response.BodyWriter.Write(part.Span);
                left -= part.Length;
                if (response.BodyWriter.UnflushedBytes >= most)
                {
                    await FlushAsync(context, spec.BytesPerSecond);
                }
            }

            if (left == 0)
            {
                break;
            }
        }

        // where more was announced, the server closes the connection after what there is
        await FlushAsync(context, spec.BytesPerSecond);
    }

    private async Task FlushAsync(HttpContext context, int? bytesPerSecond)
    {
        var writer = context.Response.BodyWriter;
        if (bytesPerSecond is { } pace)
        {
            await Task.Delay(TimeSpan.FromSeconds((double)writer.UnflushedBytes / pace), timeProvider, context.RequestAborted);
        }

        await writer.FlushAsync(context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    }
}
