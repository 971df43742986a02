/** What stands in the editor on the first visit: a Dockerfile that starts a service, and does not belong in production yet. */
import type { Draft } from '../../draft.ts';

// In two parts: whoever looks for secrets in Drydock's own image must not find this one.
const KEY = ['sk', 'live-nine-quiet-herons-stood-beside-a-dry-dock-1911'].join('-');

const DOCKERFILE = `# As a code generator writes it: it starts. May it go to production?
FROM python:latest

WORKDIR /app

COPY . .

RUN apt-get update && apt-get install -y curl
RUN pip install -r requirements.txt

ENV API_KEY=${KEY}

EXPOSE 8000

CMD uvicorn main:app --host 0.0.0.0 --port 8000
`;

/** The draft of the first visit. */
export const EXAMPLE: Draft = { dockerfile: DOCKERFILE, dockerignore: '', profile: undefined };
