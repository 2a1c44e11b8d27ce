using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

public abstract partial class Endpoint<TRequest, TResponse>
{
    private TResponse? _response;
    private ILogger? _logger;

    /// <summary>The response: sent after the handler, unless it has answered itself. Made from <c>{}</c> or <c>[]</c> when read first.</summary>
    /// <exception cref="NotSupportedException">Such a response can't be made: set it.</exception>
    [DontInject]
    public TResponse Response
    {
        get => _response is null ? _response = CreateResponse() : _response;
        set => _response = value;
    }

    /// <summary>The caller.</summary>
    public ClaimsPrincipal User => HttpContext.User;

    /// <summary>The configuration of the application.</summary>
    public IConfiguration Config => HttpContext.RequestServices.GetRequiredService<IConfiguration>();

    /// <summary>The hosting environment.</summary>
    public IWebHostEnvironment Env => HttpContext.RequestServices.GetRequiredService<IWebHostEnvironment>();

    /// <summary>The logger of the endpoint's type.</summary>
    public ILogger Logger
        => _logger ??= HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(Definition.EndpointType);

    /// <summary>Scheme, host and a slash of the request.</summary>
    public string BaseURL => $"{HttpContext.Request.Scheme}://{HttpContext.Request.Host}/";

    /// <summary>The method of the request.</summary>
    public Http HttpMethod => Enum.Parse<Http>(HttpContext.Request.Method);

    /// <summary>The form of the request.</summary>
    public IFormCollection Form => HttpContext.Request.Form;

    /// <summary>The files of the form.</summary>
    public IFormFileCollection Files => Form.Files;

    /// <summary>Whether the answer has begun; set it when writing to the response directly.</summary>
    [DontInject]
    public bool ResponseStarted
    {
        get => HttpContext.ResponseStarted();
        set
        {
            if (value)
                HttpContext.MarkResponseStart();
        }
    }

    /// <summary>The ways to answer.</summary>
    protected ResponseSender<TRequest, TResponse> Send => new(this);

    /// <summary>The state that processors and handler of this request share.</summary>
    /// <typeparam name="TState">Its type: one a request.</typeparam>
    public TState ProcessorState<TState>() where TState : class, new() => HttpContext.ProcessorState<TState>();

    /// <summary>A route parameter; without a usable value the request is refused.</summary>
    /// <typeparam name="T">What it is read as.</typeparam>
    /// <param name="paramName">Its name.</param>
    /// <param name="isRequired">Whether to refuse; else the default is returned.</param>
    protected T? Route<T>(string paramName, bool isRequired = true)
        => Read<T>(HttpContext.Request.RouteValues.TryGetValue(paramName, out var value), value?.ToString(), paramName, isRequired, "route parameter");

    /// <summary>A query parameter; without a usable value the request is refused.</summary>
    /// <typeparam name="T">What it is read as.</typeparam>
    /// <param name="paramName">Its name.</param>
    /// <param name="isRequired">Whether to refuse; else the default is returned.</param>
    protected T? Query<T>(string paramName, bool isRequired = true)
        => Read<T>(HttpContext.Request.Query.TryGetValue(paramName, out var value), value, paramName, isRequired, "query parameter");

    private T? Read<T>(bool isPresent, StringValues value, string name, bool isRequired, string kind)
    {
        if (isPresent && ValueParsers.For(typeof(T))(value) is { IsSuccess: true } parsed)
            return (T?)parsed.Value;

        if (isRequired)
            AddError(new(name, isPresent ? $"Unable to read value of {kind}!" : $"{char.ToUpperInvariant(kind[0])}{kind[1..]} was not found!"));
        ThrowIfAnyErrors();
        return default;
    }

    private static TResponse CreateResponse()
    {
        if (typeof(TResponse).IsAssignableFrom(typeof(string)))
            return default!;

        var json = typeof(TResponse).IsAssignableTo(typeof(System.Collections.IEnumerable)) ? "[]"u8 : "{}"u8;
        try
        {
            return JsonSerializer.Deserialize<TResponse>(json, Settings.Serializer.Options)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new NotSupportedException($"No [{typeof(TResponse).Name}] can be made from nothing: create it and assign it to [{nameof(Response)}].", e);
        }
    }
}
