namespace FastEndpoints;

/// <summary>Title and type of the error statuses, the type being the section of the RFC that defines them.</summary>
internal static class KnownStatuses
{
    public static Dictionary<int, (string Title, string Url)> Map { get; } = new()
    {
        [400] = ("Bad Request", Rfc(7231, "6.5.1")),
        [401] = ("Unauthorized", Rfc(7235, "3.1")),
        [402] = ("Payment Required", Rfc(7231, "6.5.2")),
        [403] = ("Forbidden", Rfc(7231, "6.5.3")),
        [404] = ("Not Found", Rfc(7231, "6.5.4")),
        [405] = ("Method Not Allowed", Rfc(7231, "6.5.5")),
        [406] = ("Not Acceptable", Rfc(7231, "6.5.6")),
        [407] = ("Proxy Authentication Required", Rfc(7235, "3.2")),
        [408] = ("Request Timeout", Rfc(7231, "6.5.7")),
        [409] = ("Conflict", Rfc(7231, "6.5.8")),
        [410] = ("Gone", Rfc(7231, "6.5.9")),
        [411] = ("Length Required", Rfc(7231, "6.5.10")),
        [412] = ("Precondition Failed", Rfc(7232, "4.2")),
        [413] = ("Payload Too Large", Rfc(7231, "6.5.11")),
        [414] = ("URI Too Long", Rfc(7231, "6.5.12")),
        [415] = ("Unsupported Media Type", Rfc(7231, "6.5.13")),
        [416] = ("Range Not Satisfiable", Rfc(7233, "4.4")),
        [417] = ("Expectation Failed", Rfc(7231, "6.5.14")),
        [418] = ("I'm a Teapot", "https://datatracker.ietf.org/doc/html/rfc2324#section-2.3.2"),
        [421] = ("Misdirected Request", Rfc(7540, "9.1.2")),
        [422] = ("Unprocessable Entity", Rfc(4918, "11.2")),
        [423] = ("Locked", Rfc(4918, "11.3")),
        [424] = ("Failed Dependency", Rfc(4918, "11.4")),
        [425] = ("Too Early", Rfc(8470, "5.2")),
        [426] = ("Upgrade Required", Rfc(7231, "6.5.15")),
        [428] = ("Precondition Required", Rfc(6585, "3")),
        [429] = ("Too Many Requests", Rfc(6585, "4")),
        [431] = ("Request Header Fields Too Large", Rfc(6585, "5")),
        [451] = ("Unavailable For Legal Reasons", Rfc(7725, "3")),
        [500] = ("Internal Server Error", Rfc(7231, "6.6.1")),
    };

    private static string Rfc(int number, string section) => $"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}";
}
