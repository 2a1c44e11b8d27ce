namespace Switchboard.Simulator.Twilio.Media;

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
