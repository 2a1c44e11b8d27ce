using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>JSON.</summary>
public sealed class SerializerOptions
{
    private string? _charset = "utf-8";

    /// <summary>The serializer's options: a copy of ASP.NET's <c>JsonOptions</c> for HTTP.</summary>
    public JsonSerializerOptions Options { get; internal set; } = new();

    /// <summary>The name of a failure of the JSON body as a whole. Default <c>SerializerErrors</c>.</summary>
    public string SerializerErrorsField { internal get; set; } = "SerializerErrors";

    /// <summary>The charset named by content types; null for none. Default <c>utf-8</c>.</summary>
    public string? CharacterEncoding
    {
        internal get => _charset;
        set
        {
            _charset = value;
            _jsonType = WithCharset("application/json", value);
            _problemType = WithCharset("application/problem+json", value);
        }
    }

    /// <summary>Reads a JSON body: the request, the type, the endpoint's own serializer context.</summary>
    public Func<HttpRequest, Type, JsonSerializerContext?, CancellationToken, ValueTask<object?>> RequestDeserializer { internal get; set; }
        = (request, type, context, ct) => request.ReadFromJsonAsync(type, context?.Options ?? Settings.Serializer.Options, ct);

    /// <summary>Writes a JSON body: the response, the object, the content type, the endpoint's own serializer context. Default: null writes nothing.</summary>
    public Func<HttpResponse, object?, string, JsonSerializerContext?, CancellationToken, Task> ResponseSerializer { internal get; set; }
        = (response, body, contentType, context, ct) => body is null
            ? Task.CompletedTask
            : response.WriteAsJsonAsync(body, context?.Options ?? Settings.Serializer.Options, Settings.Serializer.ContentType(contentType), ct);

    // the two that nearly every answer has are not put together each time
    private string _jsonType = "application/json; charset=utf-8";
    private string _problemType = "application/problem+json; charset=utf-8";

    private string ContentType(string contentType) => contentType switch
    {
        "application/json" => _jsonType,
        "application/problem+json" => _problemType,
        _ => WithCharset(contentType, _charset),
    };

    private static string WithCharset(string contentType, string? charset) => charset is null ? contentType : $"{contentType}; charset={charset}";
}
