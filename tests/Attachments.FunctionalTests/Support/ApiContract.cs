using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Attachments.FunctionalTests.Support;

/// <summary>
/// The service's OpenAPI document, to which the tests hold every JSON answer that they read. An object whose members it lists may have no
/// others, so that the document cannot say less than what is sent.
/// </summary>
internal sealed class ApiContract
{
    /// <summary>What any request can be answered. The document has it as <c>default</c>, and 304 in words only.</summary>
    private static readonly int[] Undocumented = [304, 405, 408, 411, 414, 431, 500, 501];

    private const string Components = "#/components/schemas/";

    private static readonly Lazy<Task<ApiContract>> Current = new(Read);

    private readonly List<(Regex Pattern, int Literals, JsonObject Operations)> paths;
    private readonly JsonObject definitions;
    private readonly ConcurrentDictionary<string, JsonSchema> schemas = new(StringComparer.Ordinal);

    private ApiContract(JsonObject document)
    {
        definitions = (JsonObject)Closed(document["components"]!["schemas"]!)!;
        paths =
        [
            .. from path in document["paths"]!.AsObject()
               let segments = path.Key.Split('/')
               select (Pattern(segments), segments.Count(segment => !segment.Contains('{')), path.Value!.AsObject()),
        ];
    }

    /// <summary>Fails where the document does not have the answer's status, media type or body.</summary>
    public static async Task Hold(HttpMethod method, Uri address, Answer answer)
    {
        if (!address.AbsolutePath.StartsWith("/openapi", StringComparison.Ordinal))
        {
            (await Current.Value).Hold(method, address.AbsolutePath, answer.Field("Content-Type")?.Split(';')[0], answer);
        }
    }

    /// <summary>Fails where an example of a body is not what the schema beside it says.</summary>
    public static async Task HoldExamples()
    {
        var contract = await Current.Value;
        var bodies =
            from path in contract.paths
            from operation in path.Operations
            let responses = operation.Value!["responses"]!.AsObject().Select(response => response.Value!["content"])
            from content in responses.Append(operation.Value["requestBody"]?["content"]).OfType<JsonObject>()
            from body in content
            where body.Value!["example"] is not null
            select (Place: $"{operation.Value!["operationId"]} {body.Key}", Body: body.Value);
        var examples = bodies.ToList();
        examples.ShouldNotBeEmpty();
        foreach (var (place, body) in examples)
        {
            contract.Hold(place, body["schema"]!, JsonElement.Parse(body["example"]!.ToJsonString()));
        }
    }

    private void Hold(string place, JsonNode schema, JsonElement body)
    {
        var result = Schema(schema).Evaluate(body, new EvaluationOptions { OutputFormat = OutputFormat.List });
        result.IsValid.ShouldBeTrue($"{place} is not what the OpenAPI document says: {Faults(result)}\n{body}");
    }

    private void Hold(HttpMethod method, string path, string? mediaType, Answer answer)
    {
        if (FindOperation(method, path) is not { } operation)
        {
            return;
        }

        var place = $"{method} {path} {answer.Status} {mediaType}";
        var responses = operation["responses"]!;
        var response = responses[$"{answer.Status}"];
        if (response is null)
        {
            Undocumented.ShouldContain(answer.Status, $"{place} is not in the OpenAPI document: {answer.Text}");
            response = responses["default"];
        }

        // A browser is shown the errors of a link as a page.
        if (mediaType == "text/html" || method == HttpMethod.Head || answer.Body.Length == 0)
        {
            return;
        }

        var content = response?["content"];
        var body = content?[mediaType ?? ""] ?? content?["*/*"];
        body.ShouldNotBeNull($"{place} is not in the OpenAPI document: {answer.Text}");
        if (content?[mediaType ?? ""]?["schema"] is { } schema && mediaType!.EndsWith("json", StringComparison.Ordinal))
        {
            Hold(place, schema, JsonElement.Parse(answer.Body));
        }
    }

    /// <summary>Null where the document has none: what is no address of the service, or no method of it.</summary>
    private JsonNode? FindOperation(HttpMethod method, string path)
    {
        var known = path.StartsWith("/attachments", StringComparison.Ordinal) ? $"/v1{path}" : path;
        if (known.StartsWith("/api/records/", StringComparison.Ordinal) && known.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            // One segment can be the whole id of a record, or a form type of that name.
            return null;
        }

        return paths.Where(it => it.Pattern.IsMatch(known.Length > 1 ? known.TrimEnd('/') : known))
            .OrderByDescending(it => it.Literals)
            .Select(it => it.Operations[method.Method.ToLowerInvariant()])
            .FirstOrDefault();
    }

    private JsonSchema Schema(JsonNode schema)
    {
        var closed = Closed(schema)!.AsObject();
        return schemas.GetOrAdd(closed.ToJsonString(), _ =>
        {
            closed["$defs"] = definitions.DeepClone();
            return JsonSchema.FromText(closed.ToJsonString());
        });
    }

    private static async Task<ApiContract> Read() =>
        new(JsonNode.Parse(await TestBed.Service.Anonymous.GetStringAsync("/openapi/v1.json"))!.AsObject());

    private static Regex Pattern(IEnumerable<string> segments) => new(
        $"^{string.Join('/', segments.Select(segment => Regex.Replace(Regex.Escape(segment), @"\\\{[^}]*}", "[^/]+")))}$",
        RegexOptions.CultureInvariant);

    private static string Faults(EvaluationResults result) => string.Join("; ", (result.Details ?? [])
        .Where(detail => detail.Errors is { Count: > 0 })
        .Select(detail => $"{detail.InstanceLocation} {string.Join(", ", detail.Errors!.Values)}"));

    private static JsonNode? Closed(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(Closed)]);
            case JsonObject members:
                var copy = new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Closed(member.Value))));
                if (copy["$ref"] is JsonValue reference && reference.GetValue<string>().StartsWith(Components, StringComparison.Ordinal))
                {
                    copy["$ref"] = "#/$defs/" + reference.GetValue<string>()[Components.Length..];
                }

                if (copy["type"] is not null && copy["properties"] is JsonObject && copy["additionalProperties"] is null)
                {
                    copy["additionalProperties"] = false;
                }

                foreach (var extra in copy.Select(member => member.Key).Where(name => name == "example" || name.StartsWith("x-", StringComparison.Ordinal)).ToList())
                {
                    copy.Remove(extra);
                }

                return copy;
            default:
                return node?.DeepClone();
        }
    }
}
